/* kubectl-reload-http PORT/PATH [SECONDS]: what an httpGet check of the kubelet does, as a program. README.md is the contract. */
#include "sys.h"
#include "text.h"

static struct line line;

static int tell(const char *what, const char *more, int code) {
  say(&line, "%!%s%s\n", what, more);
  (void)sys_write(1, line.text, line.length); /* if nobody reads, the exit code says what counts */
  return code;
}

static void fault(int signal) {
  (void)signal;
  sys_exit(0);
}

int run(char **argv, char **envp) {
  const char *path = argv[1], *seconds = path == NULL || argv[2] == NULL ? "1" : argv[2];
  char port_text[6] = "", answer[13] = "";
  unsigned length = 0;
  (void)envp;
  sys_guard(fault);
  for (; path != NULL && *path >= '0' && *path <= '9' && length < 5; path++) port_text[length++] = *path;
  int64_t port = text_number(port_text, 65535), limit = text_number(seconds, 60);
  bool valid = path != NULL && *path == '/' && port > 0 && limit > 0;
  for (const char *byte = path; valid && *byte != '\0'; byte++) valid = *byte > ' ' && *byte <= '~';
  if (!valid || text_length(path) > 2000) return tell("cannot tell: ", "kubectl-reload-http PORT/PATH [SECONDS]", 0);

  sys_limit(limit);
  long fd = sys_connect((unsigned)port, false), got = 0;
  if (fd < 0 && fd != -E_INTR && (fd > -E_FIRST_OF_NETWORK || fd < -E_LAST_OF_NETWORK)) {
    return tell("cannot tell: ", "no connection can be made", 0);
  }
  if (fd < 0 && fd != -E_INTR) fd = sys_connect((unsigned)port, true);
  say(&line, "%!GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUser-Agent: kube-probe/kubectl-reload\r\nAccept: */*\r\n", path, port);
  say(&line, "Connection: close\r\n\r\n");
  for (unsigned sent = 0; fd >= 0 && sent < line.length; sent += (unsigned)got) {
    got = sys_write((int)fd, line.text + sent, line.length - sent);
    if (got <= 0) fd = -1;
  }
  length = 0;
  while (fd >= 0 && length < 12 && (got = sys_read((int)fd, answer + length, 12 - length)) > 0) length += (unsigned)got;
  const char *rest = text_after(answer, "HTTP/1.");
  if (rest == NULL || length < 12 || rest[1] != ' ') return tell("HTTP check failed: no answer from port ", port_text, 1);
  int64_t status = text_number(rest + 2, 999);
  return status >= 200 && status < 400 ? 0 : tell("HTTP check failed: status ", rest + 2, 1);
}
