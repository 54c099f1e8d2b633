/* kubectl-reload-probe: does this container still run the configuration that is mounted? README.md is the contract. */
#include "probe.h"

static struct line notes, reasons, gone, not_there, message;
static int64_t since; /* seconds since 1970, when the change came */

enum { SECOND = 1000000000, NAMED = 3 };

/* One line, that cannot be taken for two or do anything to a terminal. */
static void print_message(void) {
  if (message.length == 0) return;
  if (message.length > MAX_LINE - 1) message.length = MAX_LINE - 1;
  for (unsigned i = 0; i < message.length; i++) {
    if ((unsigned char)message.text[i] < ' ' || message.text[i] == 127) message.text[i] = '?';
  }
  say(&message, "\n");
  (void)write_all(1, message.text, message.length); /* if nobody reads, the exit code says what counts */
  message.text[message.length - 1] = '\0';
}

static void add_item(struct line *line, const char *text, const char *more) {
  say(line, "%s%s%s", line->length > 0 ? "; " : "", text, more);
}

static void set_gone(const char *path, const char *slash, const char *rest) {
  if (gone.length == 0) say(&gone, "%s%s%s", path, slash, rest);
}

static void change(int64_t time, const char *what, const char *how) {
  add_item(&reasons, what, how);
  if (time == 0 || time > now) time = now;
  if (time / SECOND > since) since = time / SECOND;
}

static bool is_same_target(const struct source *source) {
  static struct line head;
  say(&head, "%!\n%s=%s\n", source->number, source->target);
  return *source->target != '\0' && text_find(stored_state, head.text) != NULL;
}

/* Whether the state has a line with the same begin up to and with the mark; searches from the hint, then all of it. */
static bool has_line(const char *state, const char **hint, const char *line, const char *mark) {
  static struct line needle;
  say(&needle, "%!\n");
  add_until(&needle, line, mark);
  say(&needle, "%s", mark);
  const char *after = text_find(*hint, needle.text);
  if (after == NULL) after = text_find(state, needle.text);
  if (after != NULL) *hint = after - 1;
  return after != NULL;
}

/* The value of the variable, NULL if it is not set; the path is that of a file of --env-from. */
static const char *find_variable(const struct source *source, const char *path) {
  const char *value = NULL;
  for (char **variable = environment; *variable != NULL && value == NULL; variable++) {
    value = text_after(text_after(text_after(*variable, source->name), path), "=");
  }
  return value;
}

/* Whether the value has another hash than the one that ends the line. */
static bool differs(const char *value, const char *line) {
  struct sha256 hash;
  unsigned char digest[SHA256_SIZE];
  static struct line end;
  if (value == NULL) return true;
  sha256_begin(&hash);
  sha256_add(&hash, value, text_length(value));
  sha256_end(&hash, digest);
  say(&end, "%!%h\n", digest);
  return text_after(text_find(line, "//"), end.text) == NULL;
}

/* Lists the files of a volume that have other content, or the variables that differ; how many they are. */
static unsigned find_changes(const struct source *source, bool only_fresh, struct line *list) {
  static struct line path;
  unsigned count = 0;
  bool volume = source->kind == VOLUME;
  const char *hint = stored_state, *line = source->lines + 1;
  list->length = 0;
  while (text_after(line = next_line(line), source->number) != NULL) {
    if (only_fresh && has_line(stored_state, &hint, line, "\n")) continue;
    path.length = 0;
    add_until(&path, line + 3, "//");
    const char *key = source->kind == ENV ? "" : path.text;
    if (!volume && !differs(find_variable(source, key), line)) continue;
    if (++count <= NAMED) say(list, "%s%s%s", count > 1 ? ", " : "", volume ? "" : source->name, key);
  }
  if (count > NAMED) say(list, " and %d more", (int64_t)count - NAMED);
  return count;
}

/* The first path that the stored state holds of a source and that is not there now. */
static bool find_missing(const struct source *source, struct line *path) {
  const char *hint = source->lines;
  for (const char *line = stored_state; *line != '\0'; line = next_line(line)) {
    const char *rest = text_after(text_after(line, source->number), " ");
    if (rest == NULL || has_line(source->lines, &hint, line, "//")) continue;
    path->length = 0;
    add_until(path, rest, "//");
    return true;
  }
  return false;
}

/* Against the stored state: the baseline of this instance, or, without one, by time and the mark of an earlier one. */
static void judge(const struct source *source, bool has_baseline, bool has_mark) {
  static struct line list;
  bool volume = source->kind == VOLUME;
  const char *hint = stored_state, *problem = source->problem;
  say(&list, "%!%s=?", source->number);
  if (has_line(stored_state, &hint, list.text, "\n")) has_baseline = has_mark = false;
  if (has_baseline && is_same_target(source)) return;

  bool missing = has_baseline && find_missing(source, &list);
  if (problem != NULL && (!missing || problem != no_volume)) {
    add_item(&notes, source->path, problem);
    if (has_baseline || !volume || problem == no_volume) return;
    has_mark = false;
  }
  bool lost = has_baseline ? missing && (source->key_count > 0 || source->file_count == 0)
                           : source->kind == ENV && source->file_count == 0;
  if (lost && (source->kind != ENV || find_variable(source, "") != NULL)) {
    set_gone(source->path, source->key_count > 0 ? "/" : "", source->key_count > 0 ? list.text : "");
  }
  if (!has_baseline) {
    /* Variables are read a moment before the instance is made. */
    int64_t from = volume ? start : start - 2 * (int64_t)SECOND;
    problem = start == 0               ? ": the start of the container is unknown"
              : source->swapped > now ? ": the clock was set back"
                                       : NULL;
    if (problem != NULL) add_item(&notes, source->path, problem);
    if (problem != NULL || source->swapped <= from) return;
  }
  bool by_content = has_baseline || has_mark;
  unsigned count = source->lines == NULL ? 0 : find_changes(source, by_content, &list);
  if (count == 0 && (!volume || by_content)) return;
  if (volume) {
    static struct line what;
    say(&what, has_baseline ? "%! was updated (%s)" : "%! was updated", list.text);
    change(source->swapped, source->path, what.text);
  } else {
    change(source->swapped, list.text, count == 1 ? " in the environment is old" : " in the environment are old");
  }
}

/* False if a baseline would have to be kept and cannot. */
static bool judge_contents(void) {
  bool any = false, same = true, has_baseline = load_state(false);
  say(&message, "%!kubectl-reload-probe 1 %s\n", instance);
  bool kept = add_state(&message);
  for (struct source *source = sources; source < sources_end; source++) {
    if (!has_content(source)) continue;
    any = true;
    (void)look_at(source);
    same = same && has_baseline && is_same_target(source);
  }
  if (!any || same) return true;
  bool has_mark = !has_baseline && load_state(true);
  for (struct source *source = sources; source < sources_end; source++) {
    if (has_content(source)) read_content(source);
  }
  for (struct source *source = sources; source < sources_end; source++) {
    if (has_content(source)) judge(source, has_baseline, has_mark);
  }
  if (has_baseline || values[EXPLAIN] != NULL || reasons.length > 0) return kept;
  return save_state(false);
}

static void judge_subpath(const struct source *source) {
  struct file_status status;
  unsigned char old[SHA256_SIZE], live[SHA256_SIZE];
  if (sys_status(HERE, source->path, true, &status) < 0) {
    add_item(&notes, source->path, " is not there");
    return;
  }
  if (status.links > 0) return;
  if (source->live != NULL && status.type == FILE_REGULAR) {
    long failed = hash_file(HERE, source->live, live);
    if (failed == -E_NOENT || failed == -E_NOTDIR) {
      set_gone(source->live, "", "");
    } else if (failed < 0 || hash_file(HERE, source->path, old) < 0) {
      add_item(&notes, source->live, " cannot be read");
      return;
    } else {
      unsigned same = 0;
      while (same < SHA256_SIZE && old[same] == live[same]) same++;
      if (same == SHA256_SIZE) return;
    }
  }
  change(status.changed, source->path, " is an old subPath copy");
}

static void judge_others(struct source *source) {
  static struct line hex;
  if (source->kind == SUBPATH) judge_subpath(source);
  if (source->kind != VOLUME || has_content(source)) return;
  if (source->expect == NULL) {
    source->problem = look_at(source) == NULL ? no_volume : NULL;
    judge(source, false, false);
    return;
  }
  read_content(source);
  say(&hex, "%!%h", source->hash);
  if (source->problem != NULL) {
    add_item(&notes, source->path, source->problem);
  } else if (!text_equal(hex.text, source->expect)) {
    add_item(&not_there, source->path, " has other content than expected");
  }
}

/* The seconds that this Pod still has to wait. */
static int64_t seconds_to_wait(void) {
  int64_t share = 0;
  if (spread == 0 || text_span(pod, hex_digits) < 8) return 0;
  for (unsigned i = 0; i < 8; i++) share = share * 16 + (pod[i] <= '9' ? pod[i] - '0' : pod[i] - 'a' + 10);
  if (values[EXPLAIN] == NULL) since = keep_since(since);
  return share % spread - (now / SECOND - since);
}

/* Says in the message why a change does not restart now; leaves it empty if nothing holds it. */
static void hold(void) {
  if (gone.length > 0) {
    say(&message, "%!config changed, kept running because %s is gone: ", gone.text);
    return;
  }
  int64_t wait = seconds_to_wait();
  if (wait > 0) {
    say(&message, "%!config changed, waiting %d s of --spread: ", wait);
    return;
  }
  const char *why = values[CHECK] == NULL || values[EXPLAIN] != NULL ? NULL : run_check();
  if (why != NULL) say(&message, "%!config changed, kept running because --check %s: ", why);
}

static void fail(int signal) {
  (void)signal;
  sys_exit(0);
}

int run(char **argv, char **envp) {
  environment = envp;
  sys_guard(fail);
  if (!parse_arguments(argv, &notes)) {
    say(&message, "%!cannot tell: %s", notes.text);
    print_message();
    return 0;
  }
  if (values[VERSION] != NULL || values[HELP] != NULL) {
    say(&message, "%!kubectl-reload-probe 1");
    for (unsigned i = 0; i < OPTION_COUNT && values[HELP] != NULL; i++) say(&message, " %s", option_names[i]);
    print_message();
    return 0;
  }
  find_instance();
  bool kept = judge_contents();
  for (struct source *source = sources; source < sources_end; source++) judge_others(source);
  if (!kept) add_item(&notes, "every swap counts: no baseline can be kept in ", values[BASELINE]);
  if (values[EXPLAIN] != NULL) {
    const char *absent = load_state(false) ? "" : "absent ";
    say(&message, "%!instance %s %s %s start %d %s baseline %s%s", pod, container, instance, start, start_by, absent,
        state_path.text);
    print_message();
  }
  message.length = 0;
  if (reasons.length > 0) hold();
  bool held = message.length > 0, changed = reasons.length > 0 && !held;
  if (reasons.length == 0 && values[EXPLAIN] == NULL) forget_since();
  if (changed || held) {
    say(&message, changed ? "config changed: %s" : "%s", reasons.text);
  } else if (not_there.length > 0) {
    say(&message, "%!config not there yet: %s", not_there.text);
  } else if (notes.length > 0) {
    say(&message, "%!cannot tell: %s", notes.text);
  }
  print_message();
  if (values[EXPLAIN] != NULL) return 0;
  if (changed) {
    append_to_log(message.text);
    (void)save_state(true); /* without it the next instance may be restarted once more */
  }
  if (changed || (!held && not_there.length > 0)) return 1;
  if (command != NULL) {
    become_command();
    say(&message, "%!cannot tell: %s could not be started", *command);
    print_message();
  }
  return 0;
}
