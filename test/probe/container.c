/* A container as a test needs one: mounts of its own, a root of its own, a user without rights.
 *
 * container make ROOT LOG [FROM TO]...   an empty read-only root on ROOT, with /proc, /dev, LOG as /dev/termination-log (or at
 *                                       TERMINATION_LOG) and each FROM bound read-only to TO ("rw:TO": writable).
 *                                       Says "ready" and lives until its input ends.
 * container run PID USER CMD [ARG]...   runs CMD in there as the user, without any capability; "no-statx" before USER makes
 *                                       statx fail, as old seccomp profiles do. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static void check(int failed, const char *what) {
  if (!failed) return;
  fprintf(stderr, "container: %s: %s\n", what, strerror(errno));
  exit(125);
}

static const char *in_root(const char *root, const char *path) {
  static char whole[4096];
  snprintf(whole, sizeof whole, "%s%s", root, path);
  return whole;
}

static void make_folders(const char *root, const char *path) {
  char part[4096];
  for (size_t i = 1; path[i] != '\0'; i++) {
    if (path[i] != '/') continue;
    snprintf(part, sizeof part, "%.*s", (int)i, path);
    check(mkdir(in_root(root, part), 0755) < 0 && errno != EEXIST, part);
  }
}

static void bind_to(const char *from, const char *root, const char *to) {
  struct stat status;
  unsigned long read_only = MS_RDONLY;
  if (strncmp(to, "rw:", 3) == 0) {
    read_only = 0;
    to += 3;
  }
  make_folders(root, to);
  check(stat(from, &status) < 0, from);
  const char *target = in_root(root, to);
  if (S_ISDIR(status.st_mode)) {
    check(mkdir(target, 0755) < 0 && errno != EEXIST, target);
  } else {
    int fd = open(target, O_CREAT | O_WRONLY, 0644);
    check(fd < 0, target);
    close(fd);
  }
  check(mount(from, target, NULL, MS_BIND, NULL) < 0, target);
  if (read_only) check(mount(NULL, target, NULL, MS_BIND | MS_REMOUNT | MS_RDONLY, NULL) < 0, target);
}

static int make(int argc, char **argv) {
  const char *root = argv[0], *at = getenv("TERMINATION_LOG");
  check(unshare(CLONE_NEWNS) < 0, "unshare");
  check(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0, "private");
  check(mount("root", root, "tmpfs", 0, "mode=0755") < 0, root);
  check(mkdir(in_root(root, "/dev"), 0755) < 0, "/dev");
  check(mount("dev", in_root(root, "/dev"), "tmpfs", 0, "mode=0755") < 0, "/dev");
  bind_to("/dev/null", root, "rw:/dev/null");
  if (getenv("RAM_LOGS") != NULL) {
    /* A file system that keeps no birth times. */
    const char *logs = getenv("RAM_LOGS");
    check(mount("ram", logs, "ramfs", 0, "mode=0755") < 0, logs);
    make_folders(logs, argv[1] + strlen(logs));
    int fd = open(argv[1], O_CREAT | O_WRONLY, 0666);
    check(fd < 0 || fchmod(fd, 0666) < 0, argv[1]);
    close(fd);
  }
  if (*argv[1] != '\0') {
    char target[4096];
    snprintf(target, sizeof target, "rw:%s", at == NULL ? "/dev/termination-log" : at);
    bind_to(argv[1], root, target);
  }
  check(mkdir(in_root(root, "/proc"), 0755) < 0, "/proc");
  check(mount("proc", in_root(root, "/proc"), "proc", 0, NULL) < 0, "/proc");
  check(getenv("NO_DEV_FD") == NULL && symlink("/proc/self/fd", in_root(root, "/dev/fd")) < 0, "/dev/fd");
  for (int i = 2; i + 1 < argc; i += 2) bind_to(argv[i], root, argv[i + 1]);
  if (getenv("MERGED_USR") != NULL) {
    check(symlink("usr/bin", in_root(root, "/bin")) < 0, "/bin");
    check(symlink("usr/lib", in_root(root, "/lib")) < 0, "/lib");
    check(symlink("usr/lib64", in_root(root, "/lib64")) < 0, "/lib64");
  }
  check(mount(NULL, root, NULL, MS_REMOUNT | MS_RDONLY, "mode=0755") < 0, "read-only root");
  check(chroot(root) < 0, "chroot");
  check(chdir("/") < 0, "chdir");
  char input;
  puts("ready");
  fflush(stdout);
  while (read(0, &input, 1) > 0) continue;
  return 0;
}

static void refuse_statx(void) {
  struct sock_filter filter[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_statx, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  struct sock_fprog program = {sizeof filter / sizeof *filter, filter};
  check(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) < 0, "seccomp");
}

static int run(char **argv) {
  char path[64];
  snprintf(path, sizeof path, "/proc/%s/ns/mnt", argv[0]);
  int mounts = open(path, O_RDONLY | O_CLOEXEC);
  check(mounts < 0, path);
  snprintf(path, sizeof path, "/proc/%s/root", argv[0]);
  int root = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  check(root < 0, path);
  check(setns(mounts, CLONE_NEWNS) < 0, "setns");
  check(fchdir(root) < 0 || chroot(".") < 0, "chroot");
  check(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0, "no new privileges");
  if (strcmp(*++argv, "no-statx") == 0) {
    refuse_statx();
    argv++;
  }
  unsigned user = (unsigned)strtoul(argv[0], NULL, 10);
  for (int capability = 0; capability < 64; capability++) (void)prctl(PR_CAPBSET_DROP, capability, 0, 0, 0);
  check(setgroups(0, NULL) < 0 || setgid(user) < 0 || setuid(user) < 0, "setuid");
  execve(argv[1], argv + 1, environ);
  check(1, argv[1]);
  return 125;
}

int main(int argc, char **argv) {
  if (argc >= 4 && strcmp(argv[1], "make") == 0) return make(argc - 2, argv + 2);
  if (argc >= 5 && strcmp(argv[1], "run") == 0) return run(argv + 2);
  fputs("container make ROOT LOG [FROM TO]... | container run PID USER CMD [ARG]...\n", stderr);
  return 125;
}
