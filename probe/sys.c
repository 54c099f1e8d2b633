#include "sys.h"

/* Linux's own numbers and structures: no header of a C library or of the kernel is needed to build for either machine. */
#if defined(__x86_64__)
enum {
  NR_read = 0, NR_write = 1, NR_close = 3, NR_rt_sigaction = 13, NR_setitimer = 38, NR_getpid = 39, NR_socket = 41,
  NR_connect = 42, NR_clone = 56, NR_execve = 59, NR_wait4 = 61, NR_kill = 62, NR_setpgid = 109, NR_getdents64 = 217,
  NR_clock_gettime = 228, NR_exit_group = 231, NR_openat = 257, NR_newfstatat = 262, NR_unlinkat = 263,
  NR_renameat = 264, NR_readlinkat = 267, NR_faccessat = 269, NR_dup3 = 292, NR_statx = 332
};
enum { O_NO_FOLLOW = 0400000 };
#elif defined(__aarch64__)
enum {
  NR_dup3 = 24, NR_unlinkat = 35, NR_renameat = 38, NR_faccessat = 48, NR_openat = 56, NR_close = 57,
  NR_getdents64 = 61, NR_read = 63, NR_write = 64, NR_readlinkat = 78, NR_newfstatat = 79, NR_exit_group = 94,
  NR_setitimer = 103, NR_clock_gettime = 113, NR_kill = 129, NR_rt_sigaction = 134, NR_setpgid = 154, NR_getpid = 172,
  NR_socket = 198, NR_connect = 203, NR_clone = 220, NR_execve = 221, NR_wait4 = 260, NR_statx = 291
};
enum { O_NO_FOLLOW = 0100000 };
#else
#error "the probe is built for x86-64 and arm64"
#endif

enum {
  O_WRITE_ONLY = 1, O_READ_WRITE = 2, O_MAKE = 0100, O_EXCLUSIVE = 0200, O_AT_END = 02000, O_NO_WAIT = 04000,
  O_NOT_INHERITED = 02000000
};
enum { AT_NO_FOLLOW = 0x100 };
enum {
  SIG_ILLEGAL = 4, SIG_BUS = 7, SIG_FLOAT = 8, SIG_KILL = 9, SIG_SEGMENT = 11, SIG_PIPE = 13, SIG_ALARM = 14,
  SIG_CHILD = 17
};

#ifdef HOSTED
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

static long result(long value) { return value < 0 ? -errno : value; }

static long call(long a, long b, long c, long d, long e, long number) {
  return result(syscall(number, a, b, c, d, e));
}

/* These by the library, whose calls the sanitizers watch. */
long sys_read(int fd, void *buffer, size_t size) { return result(read(fd, buffer, size)); }
long sys_write(int fd, const void *buffer, size_t size) { return result(write(fd, buffer, size)); }
long sys_readlink(const char *path, char *buffer, size_t size) { return result(readlink(path, buffer, size)); }
static long start_child(void) { return result(fork()); }
void sys_exit(int code) { _exit(code); }

#ifndef FUZZED
int main(int argc, char **argv, char **envp) { return argc > 0 ? run(argv, envp) : 0; }
#endif

#else

long call(long a, long b, long c, long d, long e, long number);
__attribute__((used)) _Noreturn void begin_program(long *stack);

/* The kernel leaves argc, argv and envp on the stack. The arguments of call stand where a system call wants them. */
#if defined(__x86_64__)
__asm__(
    ".globl _start\n_start:\n xor %ebp,%ebp\n mov %rsp,%rdi\n and $-16,%rsp\n call begin_program\n"
    ".globl call\ncall:\n mov %rcx,%r10\n mov %r9d,%eax\n syscall\n ret\n");
#else
__asm__(
    ".globl _start\n_start:\n mov x29,#0\n mov x30,#0\n mov x0,sp\n bl begin_program\n"
    ".globl call\ncall:\n mov x8,x5\n svc 0\n ret\n");
#endif

void begin_program(long *stack) {
  char **argv = (char **)(stack + 1);
  sys_exit(stack[0] > 0 ? run(argv, argv + stack[0] + 1) : 0);
}

long sys_read(int fd, void *buffer, size_t size) { return call(fd, (long)buffer, (long)size, 0, 0, NR_read); }
long sys_write(int fd, const void *buffer, size_t size) { return call(fd, (long)buffer, (long)size, 0, 0, NR_write); }
long sys_readlink(const char *path, char *buffer, size_t size) {
  return call(HERE, (long)path, (long)buffer, (long)size, 0, NR_readlinkat);
}
static long start_child(void) { return call(SIG_CHILD, 0, 0, 0, 0, NR_clone); }

void sys_exit(int code) {
  for (;;) (void)call(code, 0, 0, 0, 0, NR_exit_group);
}

/* The compiler writes calls of these by itself. */
void *memcpy(void *to, const void *from, size_t size);
void *memset(void *to, int byte, size_t size);
void *memcpy(void *to, const void *from, size_t size) {
  for (size_t i = 0; i < size; i++) ((char *)to)[i] = ((const char *)from)[i];
  return to;
}
void *memset(void *to, int byte, size_t size) {
  for (size_t i = 0; i < size; i++) ((char *)to)[i] = (char)byte;
  return to;
}
#endif

long sys_open(int folder, const char *path, enum open_way way) {
  static const int ways[] = {0, O_WRITE_ONLY | O_MAKE | O_EXCLUSIVE | O_NO_FOLLOW, O_WRITE_ONLY | O_AT_END};
  return call(folder, (long)path, ways[way] | O_NOT_INHERITED | O_NO_WAIT, 0600, 0, NR_openat);
}

long sys_close(int fd) { return call(fd, 0, 0, 0, 0, NR_close); }

struct kernel_time {
  int64_t seconds, nanoseconds;
};

struct kernel_stat {
#if defined(__x86_64__)
  uint64_t device, inode, links;
  uint32_t mode, user, group, unused;
#else
  uint64_t device, inode;
  uint32_t mode, links, user, group;
  uint64_t unused;
#endif
  uint64_t other[4];
  struct kernel_time accessed, modified, changed;
  uint64_t more[4];
};

/* No year after 2255 and none before 1970, so that it fits. */
static int64_t nanoseconds(const struct kernel_time *time) {
  int64_t seconds = time->seconds;
  if (seconds < 0 || seconds > 9000000000) seconds = seconds < 0 ? 0 : 9000000000;
  return seconds * 1000000000 + time->nanoseconds;
}

long sys_status(int folder, const char *path, bool follow, struct file_status *status) {
  static struct kernel_stat stat;
  long failed = call(folder, (long)path, (long)&stat, follow ? 0 : AT_NO_FOLLOW, 0, NR_newfstatat);
  status->type = stat.mode >> 12;
  status->links = (uint32_t)stat.links;
  status->modified = nanoseconds(&stat.modified);
  status->changed = nanoseconds(&stat.changed);
  return failed;
}

int64_t sys_born(const char *path) {
  enum { BORN = 0x800 };
  static struct {
    uint32_t mask, other[15];
    int64_t accessed[2], born_seconds;
    uint32_t born_nanoseconds, more[41];
  } status;
  /* Some seccomp profiles refuse this call: then there is no birth. */
  if (call(HERE, (long)path, 0, BORN, (long)&status, NR_statx) < 0 || (status.mask & BORN) == 0) return 0;
  struct kernel_time born = {status.born_seconds, status.born_nanoseconds};
  return nanoseconds(&born);
}

long sys_entries(int fd, void *buffer, size_t size) { return call(fd, (long)buffer, (long)size, 0, 0, NR_getdents64); }
long sys_unlink(const char *path) { return call(HERE, (long)path, 0, 0, 0, NR_unlinkat); }
long sys_rename(const char *from, const char *to) { return call(HERE, (long)from, HERE, (long)to, 0, NR_renameat); }
long sys_pid(void) { return call(0, 0, 0, 0, 0, NR_getpid); }

bool sys_is_program(const char *path) {
  struct file_status status;
  return sys_status(HERE, path, true, &status) == 0 && status.type == FILE_REGULAR &&
         call(HERE, (long)path, 1, 0, 0, NR_faccessat) == 0;
}

int64_t sys_now(void) {
  struct kernel_time now = {0, 0};
  (void)call(0, (long)&now, 0, 0, 0, NR_clock_gettime);
  return nanoseconds(&now);
}

#if defined(__x86_64__)
void return_from_signal(void);
__asm__(".globl return_from_signal\nreturn_from_signal:\n mov $15,%eax\n syscall\n");
#endif

static void on_signal(int number, void (*handler)(int)) {
  /* handler, flags, restorer (which only x86-64 asks for), mask */
  static uint64_t action[4];
  action[0] = (uint64_t)(uintptr_t)handler;
#if defined(__x86_64__)
  action[1] = 0x04000000;
  action[2] = (uint64_t)(uintptr_t)return_from_signal;
#endif
  (void)call(number, (long)action, 0, 8, 0, NR_rt_sigaction); /* fails for no signal that is used here */
}

#define BY_DEFAULT ((void (*)(int))0)
#define IGNORED ((void (*)(int))1)

void sys_guard(void (*fault)(int)) {
  on_signal(SIG_PIPE, IGNORED);
  on_signal(SIG_CHILD, BY_DEFAULT); /* a parent that ignores it leaves nothing to wait for */
#ifdef HOSTED
  (void)fault; /* the sanitizers shall see it */
#else
  static const char faults[] = {SIG_ILLEGAL, SIG_BUS, SIG_FLOAT, SIG_SEGMENT};
  for (unsigned i = 0; i < sizeof faults; i++) on_signal(faults[i], fault);
#endif
}

static long child;

static void on_alarm(int signal) {
  (void)signal;
  if (child > 0) (void)call(-child, SIG_KILL, 0, 0, 0, NR_kill); /* fails if it has just ended */
}

void sys_limit(int64_t seconds) {
  const int64_t timer[4] = {1, 0, seconds, 0}; /* again each second: the first may come between two calls */
  on_signal(SIG_ALARM, on_alarm);
  (void)call(0, (long)timer, 0, 0, 0, NR_setitimer); /* fails for no time that is used here */
}

void sys_exec(const char *path, char *const *argv, char *const *envp) {
  on_signal(SIG_PIPE, BY_DEFAULT);
  (void)call((long)path, (long)argv, (long)envp, 0, 0, NR_execve);
}

long sys_run(const char *path, char *const *argv, char *const *envp) {
  long null = call(HERE, (long)"/dev/null", O_READ_WRITE | O_NOT_INHERITED, 0, 0, NR_openat), ended;
  if (null < 0) return null;
  int status = 0;
  child = start_child();
  if (child == 0) {
    long failed = call(0, 0, 0, 0, 0, NR_setpgid);
    for (int fd = 0; fd <= 2; fd++) failed |= call(null, fd, 0, 0, 0, NR_dup3) - fd;
    if (failed == 0) sys_exec(path, argv, envp);
    sys_exit(126);
  }
  do ended = call(child, (long)&status, 0, 0, 0, NR_wait4);
  while (ended == -E_INTR);
  child = 0;
  return sys_close((int)null) < 0 || ended < 0 ? ended : status;
}

long sys_connect(unsigned port, bool six) {
  enum { STREAM = 1 };
  static struct {
    uint16_t family;
    uint8_t port[2];
    uint8_t address[24];
  } peer;
  peer.family = six ? 10 : 2;
  peer.port[0] = (uint8_t)(port >> 8);
  peer.port[1] = (uint8_t)port;
  peer.address[0] = six ? 0 : 127; /* flow information in IPv6 */
  peer.address[3] = !six;
  peer.address[19] = six;
  long fd = call(peer.family, STREAM | O_NOT_INHERITED, 0, 0, 0, NR_socket);
  if (fd < 0) return fd;
  long failed = call(fd, (long)&peer, sizeof peer, 0, 0, NR_connect);
  if (failed == 0) return fd;
  (void)sys_close((int)fd);
  return failed;
}
