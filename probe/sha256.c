#include "sha256.h"

static const uint32_t round_constants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

static uint32_t rotate(uint32_t word, int bits) { return word >> bits | word << (32 - bits); }

static void add_block(uint32_t state[8], const unsigned char block[64]) {
  uint32_t schedule[64], word[8];
  for (int i = 0; i < 8; i++) word[i] = state[i];
  for (int i = 0; i < 64; i++) {
    if (i < 16) {
      schedule[i] = (uint32_t)block[0] << 24 | (uint32_t)block[1] << 16 | (uint32_t)block[2] << 8 | block[3];
      block += 4;
    } else {
      uint32_t early = schedule[i - 15], late = schedule[i - 2];
      schedule[i] = schedule[i - 16] + (rotate(early, 7) ^ rotate(early, 18) ^ early >> 3) + schedule[i - 7] +
                    (rotate(late, 17) ^ rotate(late, 19) ^ late >> 10);
    }
    uint32_t e = word[4], a = word[0];
    uint32_t first = word[7] + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) + ((e & word[5]) ^ (~e & word[6])) +
                     round_constants[i] + schedule[i];
    uint32_t second =
        (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + ((a & word[1]) ^ (a & word[2]) ^ (word[1] & word[2]));
    for (int j = 7; j > 0; j--) word[j] = word[j - 1];
    word[4] += first;
    word[0] = first + second;
  }
  for (int i = 0; i < 8; i++) state[i] += word[i];
}

void sha256_begin(struct sha256 *hash) {
  static const uint32_t first[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                    0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  for (int i = 0; i < 8; i++) hash->state[i] = first[i];
  hash->length = 0;
}

void sha256_add(struct sha256 *hash, const void *bytes, size_t length) {
  const unsigned char *byte = bytes;
  while (length-- > 0) {
    hash->block[hash->length++ % 64] = *byte++;
    if (hash->length % 64 == 0) add_block(hash->state, hash->block);
  }
}

void sha256_end(struct sha256 *hash, unsigned char digest[SHA256_SIZE]) {
  uint64_t bits = hash->length * 8;
  for (sha256_add(hash, "\x80", 1); hash->length % 64 != 56;) sha256_add(hash, "", 1);
  for (int i = 0; i < 8; i++) {
    unsigned char byte = (unsigned char)(bits >> (56 - 8 * i));
    sha256_add(hash, &byte, 1);
  }
  for (int i = 0; i < SHA256_SIZE; i++) digest[i] = (unsigned char)(hash->state[i / 4] >> (24 - 8 * (i % 4)));
}
