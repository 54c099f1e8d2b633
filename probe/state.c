#include "probe.h"

char stored_state[MAX_STATE];
struct line state_path;
static struct line line;

long read_file(const char *path, char *buffer, unsigned size) {
  long fd = sys_open(HERE, path, OPEN_READ), got = 0;
  if (fd < 0) return fd;
  unsigned length = 0;
  while (length < size - 1 && (got = sys_read((int)fd, buffer + length, size - 1 - length)) > 0) length += (unsigned)got;
  buffer[length] = '\0';
  return sys_close((int)fd) < 0 || got < 0 ? -E_AGAIN : (long)length;
}

bool write_all(int fd, const char *text, unsigned length) {
  while (length > 0) {
    long wrote = sys_write(fd, text, length);
    if (wrote <= 0) return false;
    text += wrote;
    length -= (unsigned)wrote;
  }
  return true;
}

static bool load(const char *end, char *buffer, unsigned size) {
  say(&line, "%!%h", set);
  line.length = 16;
  say(&line, "%s", "");
  say(&state_path, "%!%s/kubectl-reload-probe.%s.%s.%s%s", values[BASELINE], pod, container, line.text, end);
  say(&line, "%!kubectl-reload-probe 1 %s\n", instance);
  return read_file(state_path.text, buffer, size) > 0;
}

/* All at once or not at all: under another name, then renamed. */
static bool save(const char *text, unsigned length) {
  say(&line, "%!%s.%d", state_path.text, (int64_t)sys_pid());
  (void)sys_unlink(line.text); /* of a run that died */
  long fd = sys_open(HERE, line.text, OPEN_CREATE);
  if (fd < 0) return false;
  bool saved = write_all((int)fd, text, length);
  if (sys_close((int)fd) == 0 && saved && sys_rename(line.text, state_path.text) == 0) return true;
  (void)sys_unlink(line.text);
  return false;
}

bool load_state(bool mark) {
  return load(mark ? ".mark" : "", stored_state, sizeof stored_state) && text_find(stored_state, "\nend\n") != NULL &&
         (text_after(stored_state, line.text) == NULL) == mark;
}

bool save_state(bool mark) {
  say(&line, "%!end\n");
  if (start == 0 || !add_state(&line)) return false;
  (void)load(mark ? ".mark" : "", stored_state, sizeof stored_state); /* for the path */
  return save(current_state, text_length(current_state));
}

static const char *load_since(void) {
  return load(".since", stored_state, sizeof stored_state) ? text_after(stored_state, line.text) : NULL;
}

int64_t keep_since(int64_t since) {
  static struct line entry;
  const char *text = load_since();
  int64_t kept = text == NULL ? -1 : text_number(text, since);
  if (kept > 0) return kept;
  say(&entry, "%!%s%d", line.text, since);
  (void)save(entry.text, entry.length); /* without it a later swap puts the restart off */
  return since;
}

void forget_since(void) {
  if (load_since() != NULL) (void)sys_unlink(state_path.text);
}
