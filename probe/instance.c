#include "probe.h"

const char *pod, *container, *instance, *termination_log, *start_by;
int64_t start, now;

#ifndef MOUNTINFO
#define MOUNTINFO "/proc/self/mountinfo"
#endif

static char mounts[MAX_MOUNTS];
static struct line by_start;

static const char name_bytes[] = "-0123456789abcdefghijklmnopqrstuvwxyz";

/* The kubelet names the termination log of an instance .../UID/containers/NAME/XXXXXXXX: the fourth field of its line. */
static void find_log(void) {
  for (const char *found = mounts; termination_log == NULL && (found = text_find(found, "/containers/")) != NULL;) {
    char *name = mounts + (found - mounts), *id = name + text_span(name, name_bytes) + 1, *uid = name - 12;
    while (uid > mounts && *--uid != '/' && *uid != ' ') continue;
    unsigned fields = 1, uid_length = text_span(uid + 1, name_bytes);
    for (const char *byte = uid; byte > mounts && *byte != '\n'; byte--) fields += *byte == ' ';
    if (fields != 4 || uid + 1 + uid_length != name - 12 || uid_length == 0 || id == name + 1 || id[-1] != '/' || text_span(id, hex_digits) != 8 || id[8] != ' ') continue;
    char *end = id + 9;
    while (*end > ' ') end++;
    *end = id[-1] = id[8] = name[-12] = '\0';
    instance = id;
    container = name;
    pod = uid + 1;
    termination_log = id + 9;
  }
}

static bool started(const char *by, int64_t time) {
  start = time;
  start_by = by;
  return time > 0;
}

void find_instance(void) {
  struct file_status status;
  if (read_file(MOUNTINFO, mounts, sizeof mounts) < 0) mounts[0] = '\0';
  find_log();
  now = sys_now();
  if (termination_log != NULL && started("termination-log", sys_born(termination_log))) return;
  if ((sys_status(HERE, "/dev/fd", false, &status) < 0 || !started("/dev/fd", status.modified)) &&
      (sys_status(HERE, "/proc", true, &status) < 0 || !started("/proc", status.modified))) {
    (void)started("-", 0);
  }
  if (termination_log != NULL) return;
  /* Nothing else tells this instance from others. */
  termination_log = "/dev/termination-log";
  say(&by_start, "%!%d", start);
  pod = instance = "-";
  container = by_start.text;
}
