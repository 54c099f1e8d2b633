#include "probe.h"

char **environment;

static struct line found;

/* A name without a slash is looked for in PATH; NULL if there is no such program. */
static const char *find_program(const char *name) {
  const char *path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
  if (text_find(name, "/") != NULL) return sys_is_program(name) ? name : NULL;
  for (char **variable = environment; *variable != NULL; variable++) {
    const char *value = text_after(*variable, "PATH=");
    if (value != NULL) path = value;
  }
  for (;; path++) {
    say(&found, "%!");
    add_until(&found, path, ":");
    path += found.length;
    say(&found, "%s/%s", found.length == 0 ? "." : "", name);
    if (*name != '\0' && sys_is_program(found.text)) return found.text;
    if (*path == '\0') return NULL;
  }
}

const char *run_check(void) {
  static struct line copy;
  static char *words[MAX_PATH / 2 + 2];
  char **word = words, before = ' ';
  say(&copy, "%!%s", values[CHECK]);
  for (char *byte = copy.text; *byte != '\0'; byte++) {
    if (*byte != ' ' && before == ' ') *word++ = byte;
    before = *byte;
    if (before == ' ') *byte = '\0';
  }
  const char *program = find_program(words[0]);
  sys_limit(timeout);
  long status = program == NULL ? -E_NOENT : sys_run(program, words, environment);
  sys_limit(0);
  return status == 0 ? NULL : status < 0 ? "could not be started" : "failed";
}

void become_command(void) {
  const char *program = find_program(*command);
  if (program != NULL) sys_exec(program, command, environment);
}

void append_to_log(const char *message) {
  long length = read_file(termination_log, stored_state + 1, sizeof stored_state - 1);
  stored_state[0] = '\n';
  say(&found, "%!\n%s\n", message);
  /* Once an instance, and not to a log that is so long that this cannot be told. */
  if (length < 0 || length == sizeof stored_state - 2 || text_find(stored_state, found.text) != NULL) return;
  bool begins = stored_state[length] == '\n';
  long fd = sys_open(HERE, termination_log, OPEN_APPEND);
  if (fd < 0) return; /* the answer does not depend on the log */
  (void)write_all((int)fd, found.text + begins, found.length - begins);
  (void)sys_close((int)fd);
}
