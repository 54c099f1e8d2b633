/** What a stream of WebSocket frames tells. */
export interface FrameListener {
  /** A message begins; its payload follows in pieces, until the next one begins. */
  message(): void;
  /** A piece of the payload of the message that began last, never empty. */
  data(piece: Buffer): void;
  /** The other side wants the payload back in a pong. */
  ping(payload: Buffer): void;
  /** The other side is done. */
  close(): void;
}

const CONTINUATION = 0;
const TEXT = 1;
const BINARY = 2;
const CLOSE = 8;
const PING = 9;
const PONG = 10;

/** The longest payload of a control frame. */
const CONTROL_LENGTH = 125;

/**
 * Reads the frames that a server sends, in whatever pieces they come. Payloads are passed on as they arrive, so a length that a frame
 * claims takes no memory.
 * https://www.rfc-editor.org/rfc/rfc6455#section-5.2
 */
export class FrameReader {
  readonly #listener: FrameListener;
  /** The beginning of a frame whose header, or control payload, is not all there. */
  #rest: Buffer = Buffer.alloc(0);
  /** Bytes of the current data frame that are still to come. */
  #left = 0;
  #isInMessage = false;
  #isClosed = false;

  constructor(listener: FrameListener) {
    this.#listener = listener;
  }

  /**
   * Takes the next bytes of the connection. What comes after a close frame is passed over.
   * @throws Error when they are not what a server may send
   */
  push(chunk: Buffer): void {
    let bytes = this.#rest.length > 0 ? Buffer.concat([this.#rest, chunk]) : chunk;
    while (bytes.length > 0 && !this.#isClosed) {
      if (this.#left > 0) {
        const piece = bytes.subarray(0, this.#left);
        this.#left -= piece.length;
        bytes = bytes.subarray(piece.length);
        this.#listener.data(piece);
        continue;
      }
      const used = this.#readFrame(bytes);
      if (used === 0) break;
      bytes = bytes.subarray(used);
    }
    this.#rest = this.#isClosed ? Buffer.alloc(0) : bytes;
  }

  /** Reads the header of a data frame, or a whole control frame: how many bytes that took, 0 when more are needed. */
  #readFrame(bytes: Buffer): number {
    const [first, second] = bytes;
    if (first === undefined || second === undefined) return 0;
    if ((first & 0x70) !== 0) throw new Error('a frame uses an extension that was not agreed on');
    if ((second & 0x80) !== 0) throw new Error('a frame of the server is masked');
    const isFinal = (first & 0x80) !== 0;
    const opcode = first & 0x0f;
    const size = readLength(bytes, second);
    if (size === null) return 0;
    if (opcode < CLOSE) {
      this.#beginData(opcode, isFinal);
      this.#left = size.length;
      return size.header;
    }
    if (!isFinal || size.length > CONTROL_LENGTH) throw new Error('a control frame is too long or in pieces');
    const end = size.header + size.length;
    if (bytes.length < end) return 0;
    this.#control(opcode, bytes.subarray(size.header, end));
    return end;
  }

  #beginData(opcode: number, isFinal: boolean): void {
    if (opcode !== CONTINUATION && opcode !== TEXT && opcode !== BINARY) throw unknownOpcode(opcode);
    if ((opcode === CONTINUATION) !== this.#isInMessage) throw new Error('the pieces of a message are out of order');
    if (opcode !== CONTINUATION) this.#listener.message();
    this.#isInMessage = !isFinal;
  }

  #control(opcode: number, payload: Buffer): void {
    if (opcode === CLOSE) {
      this.#isClosed = true;
      this.#listener.close();
    } else if (opcode === PING) {
      this.#listener.ping(payload);
    } else if (opcode !== PONG) {
      throw unknownOpcode(opcode);
    }
  }
}

/** The lengths of a frame's header and payload; `null` when more bytes are needed to tell. */
function readLength(bytes: Buffer, second: number): { header: number; length: number } | null {
  const short = second & 0x7f;
  if (short < 126) return { header: 2, length: short };
  if (short === 126) return bytes.length < 4 ? null : { header: 4, length: bytes.readUInt16BE(2) };
  if (bytes.length < 10) return null;
  const length = Number(bytes.readBigUInt64BE(2));
  if (!Number.isSafeInteger(length)) throw new Error('the length of a frame is out of range');
  return { header: 10, length };
}

function unknownOpcode(opcode: number): Error {
  return new Error(`a frame has the unknown opcode ${opcode}`);
}

/** A frame that answers a ping. @param mask four random bytes */
export function makePong(payload: Buffer, mask: Buffer): Buffer {
  return makeControlFrame(PONG, payload, mask);
}

/** A frame that says that we are done (code 1000). @param mask four random bytes */
export function makeClose(mask: Buffer): Buffer {
  return makeControlFrame(CLOSE, Buffer.from([0x03, 0xe8]), mask);
}

/** A client masks all that it sends. https://www.rfc-editor.org/rfc/rfc6455#section-5.3 */
function makeControlFrame(opcode: number, payload: Buffer, mask: Buffer): Buffer {
  const masked = payload.map((byte, index) => byte ^ (mask[index % 4] ?? 0));
  return Buffer.concat([Buffer.from([0x80 | opcode, 0x80 | payload.length]), mask.subarray(0, 4), masked]);
}
