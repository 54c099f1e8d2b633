/* The system calls that the probe makes: raw ones, because it is linked without a C library so that it runs in any image.
 * With -DHOSTED the same source is an ordinary program, for the sanitizers. Each gives a value >= 0 or a negative errno. */
#ifndef SYS_H
#define SYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { E_NOENT = 2, E_INTR = 4, E_AGAIN = 11, E_NOTDIR = 20 };
/* From EAFNOSUPPORT to EHOSTUNREACH: nobody is there. */
enum { E_FIRST_OF_NETWORK = 97, E_LAST_OF_NETWORK = 113 };

/* Where a relative path begins: an open folder, or the working directory. */
enum { HERE = -100 };

/* Times are nanoseconds since 1970. */
struct file_status {
  enum { FILE_FOLDER = 4, FILE_REGULAR = 8 } type; /* or others */
  uint32_t links;
  int64_t modified, changed;
};

enum open_way { OPEN_READ, OPEN_CREATE, OPEN_APPEND };

long sys_open(int folder, const char *path, enum open_way way);
long sys_read(int fd, void *buffer, size_t size);
long sys_write(int fd, const void *buffer, size_t size);
long sys_close(int fd);
long sys_readlink(const char *path, char *buffer, size_t size);
long sys_status(int folder, const char *path, bool follow, struct file_status *status);
/* When a file was made; 0 where that is not known. */
int64_t sys_born(const char *path);
/* Directory entries: the length of each at 16, the name at 19. */
enum { ENTRY_LENGTH = 16, ENTRY_NAME = 19 };
long sys_entries(int fd, void *buffer, size_t size);
long sys_unlink(const char *path);
long sys_rename(const char *from, const char *to);
bool sys_is_program(const char *path);
long sys_pid(void);
/* 0 without a clock. */
int64_t sys_now(void);

/* A write to a closed stdout, or a fault of the probe itself, must not look like a failed check: calls this instead. */
void sys_guard(void (*fault)(int));
/* After this time what blocks gives -E_INTR, and a program that sys_run started is killed; 0 ends the limit. */
void sys_limit(int64_t seconds);
/* Becomes the program; returns only if that fails. */
void sys_exec(const char *path, char *const *argv, char *const *envp);
/* Runs a program on /dev/null: its wait status, or negative if it cannot be run. */
long sys_run(const char *path, char *const *argv, char *const *envp);
/* A connection to the loopback address, of IPv6 if asked. */
long sys_connect(unsigned port, bool six);
_Noreturn void sys_exit(int code);

/* The program: sys.c calls it, and exits with what it gives. */
int run(char **argv, char **envp);

#endif
