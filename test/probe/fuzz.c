/* fuzz SEED SECONDS: the probe with random arguments, variables, volumes, mounts and files of its own, under the sanitizers.
 *
 * Built from the probe's own source. Each round runs it in a child, in a folder that rounds change bit by bit; whatever
 * comes in, the answer is exit 0 or 1 and at most one line without control characters that fits the exit code. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

int run(char **argv, char **envp);

static unsigned long long state;

static unsigned below(unsigned bound) {
  state += 0x9e3779b97f4a7c15;
  unsigned long long bits = state;
  bits = (bits ^ bits >> 30) * 0xbf58476d1ce4e5b9;
  bits = (bits ^ bits >> 27) * 0x94d049bb133111eb;
  return (unsigned)((bits ^ bits >> 31) % bound);
}

static void fail(const char *what) {
  perror(what);
  exit(2);
}

/* Often a word that means something, else any bytes but a zero. */
static const char *random_word(char *buffer, unsigned size) {
  static const char *const words[] = {
      "a", "b", "c", "d/e", "d", "a//b", "..", ".", "", "=", "/", "x=y", "LEVEL", "PREFIX_", "%s%n", "\n", "\x1b[31m", "a b"};
  unsigned length = 0;
  if (below(3) > 0) {
    snprintf(buffer, size, "%s", words[below(sizeof words / sizeof *words)]);
    return buffer;
  }
  unsigned limit = below(20) == 0 ? size - 1 : below(12);
  while (length < limit) buffer[length++] = (char)(1 + below(255));
  buffer[length] = '\0';
  return buffer;
}

/* Mostly a valid one. */
static char *random_argument(const char *home) {
  static const char *const valid[] = {
      "--volume=%s/v", "--volume=%s/v", "--volume=%s/w", "--volume=%s/none", "--subpath=%s/v/..data", "--subpath=%s/log",
      "--env=LEVEL=%s/v/a", "--env=LEVEL=%s/v/d/e", "--env=P=%s/w/b", "--env-from=P=%s/v", "--env-from==%s/w", "--key=a",
      "--key=d/e", "--live=%s/v/a", "--swap", "--spread=7", "--spread=1000000", "--check=/bin/true", "--check=/bin/false x",
      "--check=none", "--timeout=1", "--explain", "--version", "--help", "--",
      "--expect=e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"};
  char value[2500], *whole = malloc(8192);
  unsigned kind = below(40), length = 0;
  if (kind > 0) length = (unsigned)snprintf(whole, 8192, valid[below(kind < 30 ? 13 : 26)], home);
  if (kind < 2) snprintf(whole + length, 8192 - length, "%s", random_word(value, sizeof value));
  return whole;
}

static void write_file(const char *path, const void *bytes, size_t length) {
  int fd = open(path, O_CREAT | O_WRONLY | O_TRUNC, 0644);
  if (fd < 0) return; /* a random name that is none */
  if (write(fd, bytes, length) != (ssize_t)length) fail(path);
  close(fd);
}

static void write_random(const char *path) {
  static char bytes[70000];
  unsigned length = below(10) == 0 ? below(sizeof bytes) : below(8);
  for (unsigned i = 0; i < length; i++) bytes[i] = (char)(below(4) == 0 ? below(256) : 'a' + below(2));
  write_file(path, bytes, length);
}

/* A new version of a volume, as AtomicWriter makes it; now and then something else under its name. */
static void change_volume(const char *volume) {
  static unsigned version;
  char folder[64], path[400], link_path[64], temporary[64], word[300];
  snprintf(folder, sizeof folder, "%s/..%u", volume, ++version);
  snprintf(link_path, sizeof link_path, "%s/..data", volume);
  snprintf(temporary, sizeof temporary, "%s/..tmp", volume);
  mkdir(volume, 0755);
  mkdir(folder, 0755);
  snprintf(path, sizeof path, "%s/d", folder);
  if (below(2) == 0) mkdir(path, 0755);
  unsigned files = below(200) == 0 ? 1300 : below(6);
  for (unsigned i = 0; i < files; i++) {
    if (files > 6) {
      snprintf(path, sizeof path, "%s/key-%u", folder, i);
    } else {
      snprintf(path, sizeof path, "%s/%s", folder, random_word(word, 255));
    }
    write_random(path);
  }
  snprintf(path, sizeof path, "%s/fifo", folder);
  if (below(10) == 0) (void)mkfifo(path, 0644);
  unlink(temporary);
  if (below(20) == 0) random_word(word, 299);
  else snprintf(word, sizeof word, "..%u", version);
  if (symlink(word, temporary) == 0 && rename(temporary, link_path) < 0) fail(link_path);
}

static void change_states(void) {
  DIR *folder = opendir("state");
  if (folder == NULL) return;
  for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
    char path[400];
    static char text[300000];
    snprintf(path, sizeof path, "state/%s", entry->d_name);
    if (entry->d_name[0] == '.' || below(4) > 0) continue;
    if (below(12) == 0) {
      unlink(path);
      continue;
    }
    int fd = open(path, O_RDONLY);
    ssize_t length = fd < 0 ? 0 : read(fd, text, sizeof text);
    close(fd);
    for (unsigned i = below(4); i > 0 && length > 0; i--) text[below((unsigned)length)] = (char)below(256);
    if (below(4) == 0 && length > 0) length = below((unsigned)length);
    write_file(path, text, length < 0 ? 0 : (size_t)length);
  }
  closedir(folder);
}

static void change_mounts(void) {
  static char text[4000];
  unsigned length = 0;
  for (unsigned lines = below(5); lines > 0; lines--) {
    char word[200];
    static const char *const roots[] = {
        "/pods/0000000a-1/containers/app/abc00001", "/pods/0000000a-1/containers/app/abc00002", "/containers/x/abc00001",
        "//containers//abc00001", "/a/containers/b/abc0000", "/containers/containers/containers/abc00001", "/"};
    const char *root = below(4) == 0 ? random_word(word, sizeof word) : roots[below(7)];
    length += (unsigned)snprintf(text + length, 300, "%u 1 0:1 %s %s rw - ext4 x rw%s", below(99), root,
                                 below(3) > 0 ? "log" : random_word(word, 90), below(5) == 0 ? "" : "\n");
  }
  write_file("mountinfo", text, length);
}

static void check_answer(const char *said, size_t length, int status) {
  int code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  const char *wrong = NULL;
  if (code != 0 && code != 1) wrong = "the exit code";
  if (length > 1000) wrong = "too long a line";
  for (size_t i = 0; i < length; i++) {
    if (((unsigned char)said[i] < ' ' || said[i] == 127) != (i + 1 == length) || (i + 1 == length && said[i] != '\n')) {
      wrong = "the line";
    }
  }
  if (code == 1 && strncmp(said, "config changed: ", 16) != 0 && strncmp(said, "config not there yet: ", 22) != 0) wrong = "exit 1";
  if (code == 0 && strncmp(said, "config changed: ", 16) == 0) wrong = "exit 0";
  if (wrong == NULL) return;
  printf("wrong: %s: exit %d, said (%zu bytes): %.*s\n", wrong, code, length, (int)length, said);
  exit(1);
}

int main(int argc, char **argv) {
  if (argc != 3) return 2;
  char home[] = "/tmp/probe-fuzz-XXXXXX", command[64];
  unsigned long long rounds = 0, restarts = 0, quiet = 0;
  time_t end = time(NULL) + atoi(argv[2]);
  state = strtoull(argv[1], NULL, 10);
  if (mkdtemp(home) == NULL || chdir(home) < 0 || mkdir("state", 0755) < 0) fail(home);
  write_file("log", "", 0);
  change_volume("v");
  change_mounts();
  for (; time(NULL) < end; rounds++) {
    if (below(2) == 0) change_volume(below(2) == 0 ? "v" : "w");
    if (below(3) == 0) change_states();
    if (below(3) == 0) change_mounts();
    if (below(20) == 0) write_random("log");
    /* A few sets of arguments come again, so that there are baselines to compare with. */
    unsigned long long before = state;
    unsigned repeated = below(3);
    if (repeated > 0) state = 1000 + below(12);
    char *args[40] = {"probe"}, *variables[10], state_argument[200], word[3000];
    unsigned count = 1;
    snprintf(state_argument, sizeof state_argument, "--baseline=%s/state", home);
    args[count++] = state_argument;
    for (unsigned more = below(below(4) == 0 ? 30 : 5); more > 0; more--) args[count++] = random_argument(home);
    if (repeated > 0) state = before + 1;
    for (unsigned i = 0; i < 9; i++) {
      variables[i] = malloc(4000);
      snprintf(variables[i], 4000, "%s%s", i == 0 ? "LEVEL=" : i == 1 ? "P" : i == 2 ? "PATH=" : "", random_word(word, sizeof word));
    }
    variables[9] = NULL;
    int output[2];
    if (pipe(output) < 0) fail("pipe");
    pid_t child = fork();
    if (child < 0) fail("fork");
    if (child == 0) {
      if (dup2(output[1], 1) < 0) _exit(98);
      for (unsigned i = 1; i < count; i++) {
        if (strcmp(args[i], "--") == 0) args[i] = NULL; /* a program that it would become answers for itself */
      }
      _exit(run(args, variables));
    }
    close(output[1]);
    static char said[1 << 16];
    size_t length = 0;
    for (ssize_t got; length < sizeof said - 1 && (got = read(output[0], said + length, sizeof said - 1 - length)) > 0;) length += (size_t)got;
    said[length] = '\0';
    close(output[0]);
    int status = 0;
    if (waitpid(child, &status, 0) < 0) fail("waitpid");
    const char *line = said;
    if (strncmp(said, "instance ", 9) == 0 && strchr(said, '\n') != NULL) line = strchr(said, '\n') + 1; /* --explain */
    if (line == said || strncmp(line, "config changed: ", 16) != 0) check_answer(line, length - (size_t)(line - said), status);
    if (WEXITSTATUS(status) == 1) restarts++;
    if (WEXITSTATUS(status) == 0 && length == 0) quiet++;
    for (unsigned i = 2; i < count; i++) free(args[i]);
    for (unsigned i = 0; i < 9; i++) free(variables[i]);
  }
  printf("%llu rounds, %llu restarts, %llu quiet\n", rounds, restarts, quiet);
  snprintf(command, sizeof command, "rm -rf %s", home);
  return system(command);
}
