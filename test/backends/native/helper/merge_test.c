/*
 * Layers are built, mounted as an overlay for what they show, and merged: once through, and once with the process killed after its
 * first, second, third ... change. At each of these moments the overlay has to show the same.
 */
#include "merge.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdarg.h>
#include <stdbool.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "check.h"

enum { KILLED = 42, TEXT_ROOM = 65536, MOST_CHANGES = 1000, DEEP = 10000, RANDOM_EXAMPLES = 12 };

/*
 * A line each: LAYER (U upper, L lower, D deeper, E deepest), KIND, PATH. Kinds: d directory, o opaque directory, f file, w whiteout, l symlink,
 * p fifo, h another name for LAYER/first, W another name for the whiteout that is L/first.
 */
static const struct example {
	const char *name;
	const char *lines;
} examples[] = {
	{ "nothing above", "Lf a\nDf b\n" },
	{ "a file of its own", "Uf a\nDf b\n" },
	{ "a file over a file", "Uf a\nLf a\nDf a\n" },
	{ "a file over a whiteout", "Uf a\nLw a\nDf a\n" },
	{ "a file over a directory", "Uf a\nLd a\nLf a/b\nLd a/c\nLf a/c/d\nDd a\nDf a/e\n" },
	{ "a symlink over a directory, a fifo over a symlink", "Ul a\nLd a\nLf a/b\nUp c\nLl c\nDf c\n" },
	{ "names of one file", "Uf first\nUh second\nUd c\nUh c/third\nLd c\nDd c\n" },
	{ "a whiteout over a file", "Uw a\nLf a\nDf a\n" },
	{ "a whiteout over a directory", "Uw a\nLd a\nLf a/b\nLd a/c\nLf a/c/d\nDd a\nDf a/e\n" },
	{ "a whiteout over nothing", "Uw a\nDd a\nDf a/b\n" },
	{ "a whiteout over a whiteout", "Uw a\nLw a\nDf a\n" },
	{ "two names of one whiteout", "Lw first\nUW first\nDf first\n" },
	{ "a directory of its own", "Ud a\nUf a/b\nUd a/c\nUf a/c/d\n" },
	{ "a directory over a deeper one only", "Ud a\nUf a/b\nUw a/c\nDd a\nDf a/c\nDf a/d\n" },
	{ "an opaque directory over a deeper one only", "Uo a\nUf a/b\nDd a\nDf a/c\n" },
	{ "a directory over a whiteout", "Ud a\nUf a/b\nLw a\nDd a\nDf a/c\n" },
	{ "a directory over a file", "Ud a\nUf a/b\nLf a\nDd a\nDf a/c\n" },
	{ "a directory over a symlink", "Ud a\nUf a/b\nLl a\nDd a\nDf a/c\n" },
	{ "an opaque directory over a file", "Uo a\nUf a/b\nLf a\nDd a\nDf a/c\n" },
	{ "an opaque directory over a whiteout", "Uo a\nUf a/b\nLw a\nDd a\nDf a/c\n" },
	{ "an opaque directory over a directory", "Uo a\nUf a/b\nLd a\nLf a/c\nLd a/d\nLf a/d/e\nDd a\nDf a/f\n" },
	{ "an empty opaque directory over an opaque one", "Uo a\nLo a\nLf a/c\nDd a\nDf a/f\n" },
	{ "a directory over a directory", "Ud a\nUf a/b\nUf a/c\nLd a\nLf a/c\nLf a/d\nDd a\nDf a/e\n" },
	{ "a directory over an opaque one", "Ud a\nUf a/b\nUw a/c\nUw a/f\nLo a\nLf a/c\nLf a/d\nDd a\nDf a/c\nDf a/f\n" },
	{ "a directory within an opaque one", "Ud a\nUd a/b\nUw a/b/c\nLo a\nLd a/b\nLf a/b/c\nDd a\nDd a/b\nDf a/b/c\n" },
	{ "a whiteout in a directory that is nowhere deeper", "Ud a\nUw a/b\nUf a/d\nLd a\nLf a/b\nLf a/c\nDf x\n" },
	{ "an empty directory over a full one", "Ud a\nLd a\nLf a/b\nDd a\nDf a/c\n" },
	{ "directories in directories",
	  "Ud a\nUd a/b\nUd a/b/c\nUf a/b/c/f\nUw a/b/g\nUf a/z\nUo a/o\nUf a/o/n\nLd a\nLd a/b\nLf a/b/g\nLd a/b/c\nLf a/b/c/f\n"
	  "Ld a/o\nLf a/o/p\nLd a/l\nLf a/l/q\nDd a\nDd a/b\nDf a/b/g\nDd a/b/c\nDf a/b/c/h\nDd a/o\nDf a/o/r\nDd a/l\nDf a/l/s\n" },
	{ "a file over a deep directory, a directory over a deep file",
	  "Ud a\nUf a/b\nUd a/c\nUf a/c/x\nLd a\nLd a/b\nLd a/b/d\nLf a/b/d/e\nLf a/c\nDd a\nDd a/c\nDf a/c/y\nDf a/b\n" },
	{ "whiteouts over what only the deepest has, or hides itself",
	  "Uw a\nUw b\nUw c\nUd d\nUw d/e\nUw d/f\nLf a\nLf b\nLf c\nLd d\nLf d/e\nLf d/f\nDw b\nDf d\nEf a\nEf b\nEd d\nEf d/e\n" },
	{ "whiteouts below an opaque deeper one", "Ud a\nUw a/b\nUw a/c\nLd a\nLf a/b\nLf a/c\nDo a\nDf a/c\nEd a\nEf a/b\n" },
	{ "whiteouts in what moves whole", "Ud a\nUd a/n\nUw a/n/x\nUf a/n/y\nLd a\nDd a\nDd a/n\nDf a/n/x\nDf a/n/z\n" },
};

/* Owner, mode, time and an xattr say which layer something is of. */
static void mark(int layer, const char *path, char of, bool directory)
{
	struct timespec times[2] = { { .tv_nsec = UTIME_OMIT }, { 1000000 * of + (long)strlen(path), 123456789 } };
	struct stat status;

	CHECK(fstatat(layer, path, &status, AT_SYMLINK_NOFOLLOW) == 0);
	CHECK(fchownat(layer, path, of, of + 1, AT_SYMLINK_NOFOLLOW) == 0);
	if (S_ISREG(status.st_mode) || directory) {
		char place[256];

		CHECK(fchmodat(layer, path, 0700 | of, 0) == 0);
		snprintf(place, sizeof place, "%c/%s", of, path);
		CHECK(lsetxattr(place, "trusted.layer", &of, 1, 0) == 0);
		CHECK(lsetxattr(place, of == 'U' ? "trusted.above" : "trusted.below", "", 0, 0) == 0);
	}
	CHECK(utimensat(layer, path, times, AT_SYMLINK_NOFOLLOW) == 0);
}

static void make_file(int layer, const char *path, char of)
{
	int fd = openat(layer, path, O_WRONLY | O_CREAT | O_EXCL, 0600);

	CHECK(fd >= 0 && dprintf(fd, "%c/%s", of, path) > 0 && close(fd) == 0);
}

static void make(int layer, char of, char kind, const char *path)
{
	char place[256];

	snprintf(place, sizeof place, "%c/%s", of, path);
	switch (kind) {
	case 'd': CHECK(mkdirat(layer, path, 0700) == 0); break;
	case 'o':
		CHECK(mkdirat(layer, path, 0700) == 0);
		CHECK(lsetxattr(place, "trusted.overlay.opaque", "y", 1, 0) == 0);
		break;
	case 'f': make_file(layer, path, of); break;
	case 'w': CHECK(mknodat(layer, path, S_IFCHR, makedev(0, 0)) == 0); break;
	case 'l': CHECK(symlinkat("/etc", layer, path) == 0); break;
	case 'p': CHECK(mkfifoat(layer, path, 0600) == 0); break;
	case 'h': CHECK(linkat(layer, "first", layer, path, 0) == 0); break;
	case 'W': CHECK(link("L/first", place) == 0); break;
	default: CHECK(false);
	}
}

/* Calls `use` for each line of the layer. */
static void each_line(const char *lines, void (*use)(int layer, char of, char kind, const char *path), char of, int layer)
{
	char copy[4096];
	char *rest = copy;
	char *line;

	snprintf(copy, sizeof copy, "%s", lines);
	while ((line = strsep(&rest, "\n")) != NULL) {
		if (line[0] == of)
			use(layer, of, line[1], line + 3);
	}
}

static void mark_line(int layer, char of, char kind, const char *path)
{
	mark(layer, path, of, kind == 'd' || kind == 'o');
}

static void build(const char *lines)
{
	CHECK(system("rm -rf U L D E N m && mkdir U L D E N m") == 0);
	for (const char *of = "EDLU"; *of != '\0'; of++) {
		char name[] = { *of, '\0' };
		int layer = open(name, O_RDONLY | O_DIRECTORY);

		each_line(lines, make, *of, layer);
		each_line(lines, mark_line, *of, layer);
		mark(layer, ".", *of, true);
		close(layer);
	}
}

static void add(char *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void add(char *text, const char *format, ...)
{
	size_t length = strlen(text);
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text + length, TEXT_ROOM - length, format, arguments);
	va_end(arguments);
}

static void add_content(char *text, const char *path, const struct stat *status)
{
	char content[256] = "";
	ssize_t length = 0;

	if (S_ISREG(status->st_mode)) {
		int fd = open(path, O_RDONLY);

		length = read(fd, content, sizeof content - 1);
		close(fd);
	} else if (S_ISLNK(status->st_mode)) {
		length = readlink(path, content, sizeof content - 1);
	}
	CHECK(length >= 0);
	add(text, " '%s'", content);
}

static void add_xattrs(char *text, const char *path)
{
	char list[1024];
	ssize_t length = llistxattr(path, list, sizeof list);

	for (const char *at = list; length > 0 && at < list + length; at += strlen(at) + 1) {
		char value[64] = "";

		CHECK(lgetxattr(path, at, value, sizeof value - 1) >= 0);
		add(text, " %s=%s", at, value);
	}
}

static void describe(char *text, const char *path, bool times);

static void describe_below(char *text, const char *path, bool times)
{
	struct dirent **entries;
	int count = scandir(path, &entries, NULL, alphasort);

	CHECK(count >= 0);
	for (int i = 0; i < count; i++) {
		char below[512];

		snprintf(below, sizeof below, "%.200s/%.255s", path, entries[i]->d_name);
		if (strcmp(entries[i]->d_name, ".") != 0 && strcmp(entries[i]->d_name, "..") != 0)
			describe(text, below, times);
		free(entries[i]);
	}
	free(entries);
}

static void describe(char *text, const char *path, bool times)
{
	struct stat status;

	if (lstat(path, &status) < 0) {
		add(text, "%s: listed, but not there\n", path);
		return;
	}
	add(text, "%s: %o %u:%u", path, status.st_mode, status.st_uid, status.st_gid);
	if (times || !S_ISDIR(status.st_mode))
		add(text, " %ld.%09ld", status.st_mtim.tv_sec, status.st_mtim.tv_nsec);
	add_content(text, path, &status);
	add_xattrs(text, path);
	add(text, "\n");
	if (S_ISDIR(status.st_mode))
		describe_below(text, path, times);
}

/* What the overlay of these layers shows. */
static void show(char *text, const char *options, bool times)
{
	CHECK(mount("overlay", "m", "overlay", MS_RDONLY, options) == 0);
	text[0] = '\0';
	describe(text, "m", times);
	CHECK(umount("m") == 0);
}

/* What a merge tells of itself. */
struct heard {
	int left; /* changes until it is killed */
	uint64_t expected, went;
};

static void count_down(void *context)
{
	struct heard *heard = context;

	if (--heard->left == 0)
		_exit(KILLED);
}

static void count_entry(void *context, uint64_t bytes)
{
	struct heard *heard = context;

	(void)bytes;
	heard->went++;
}

static void expect(void *context, uint64_t entries)
{
	struct heard *heard = context;

	heard->expected = entries;
}

/* What the merge is told of deeper layers, and the overlays in which it has to show the same. N is empty: one layer is no overlay. */
static const struct telling {
	const char *both, *lower;
	char *layers[3];
	size_t count;
	bool lowest;
} nothing = { .both = "lowerdir=U:L:D:E", .lower = "lowerdir=L:D:E" },
  deeper = { .both = "lowerdir=U:L:D:E", .lower = "lowerdir=L:D:E", .layers = { "D", "E" }, .count = 2 },
  lowest = { .both = "lowerdir=U:L:N", .lower = "lowerdir=L:N", .lowest = true };
static const struct telling *const tellings[] = { &nothing, &deeper, &lowest };
enum { TELLINGS = sizeof tellings / sizeof *tellings };

/* True if it was killed after that many changes, false if it came to its end. */
static bool merge_killed_after(const struct telling *told, int changes)
{
	pid_t child = fork();
	int status;

	if (child == 0) {
		struct failure failure;
		size_t layer;
		struct heard heard = { .left = changes };
		const struct changes count = {
			.changed = count_down, .context = &heard, .freed = count_entry, .expected = expect
		};
		struct stack *stack = told->count == 0 ? NULL : stack_open(told->layers, told->count, &layer);
		const struct merge_ground ground = { told->lowest, stack };
		int upper = open("U", O_RDONLY | O_DIRECTORY), lower = open("L", O_RDONLY | O_DIRECTORY);
		int result = merge_layers(upper, lower, &ground, &count, &failure);

		if (stack != NULL)
			stack_close(stack);
		if (result < 0)
			fprintf(stderr, "%s: %s: %s\n", failure.syscall, failure.path, strerror(failure.number));
		close(upper);
		close(lower);
		if (heard.went != heard.expected)
			fprintf(stderr, "%ju of %ju entries went\n", (uintmax_t)heard.went, (uintmax_t)heard.expected);
		_exit(result == 0 && heard.went == heard.expected ? 0 : 1);
	}
	CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status));
	CHECK(WEXITSTATUS(status) == 0 || WEXITSTATUS(status) == KILLED);
	return WEXITSTATUS(status) == KILLED;
}

static char wanted[2][TEXT_ROOM]; /* without and with the times of directories */
static char shown[TEXT_ROOM];

static void check_shows(const struct example *example, const char *options, bool times, int changes)
{
	show(shown, options, times);
	if (strcmp(shown, wanted[times]) == 0)
		return;
	fprintf(stderr, "%s: after %d changes:\n%s%s:\n%s", example->name, changes, wanted[times], options, shown);
	exit(1);
}

static void check_merged(const struct example *example, const struct telling *told, int changes)
{
	check_shows(example, told->both, true, changes);
	check_shows(example, told->lower, true, changes);
	CHECK(lgetxattr("U", "trusted.overlay.tsmachine.modified", NULL, 0) < 0);
	CHECK(rmdir("U") == 0);
}

static void merge_example(const struct example *example, const struct telling *told)
{
	build(example->lines);
	show(wanted[false], told->both, false);
	show(wanted[true], told->both, true);
	for (int changes = 1; changes < MOST_CHANGES; changes++) {
		bool killed = merge_killed_after(told, changes);

		check_shows(example, told->both, false, changes);
		/* The next one may know less. */
		if (killed && merge_killed_after(told->lowest ? told : tellings[changes % 2], changes))
			check_shows(example, told->both, false, changes);
		CHECK(!merge_killed_after(told, MOST_CHANGES));
		check_merged(example, told, changes);
		if (!killed)
			return;
		build(example->lines);
	}
	CHECK(false);
}

static void both_layers_together_look_the_same_after_each_change(void)
{
	for (size_t i = 0; i < TELLINGS * sizeof examples / sizeof *examples; i++)
		merge_example(&examples[i / TELLINGS], tellings[i % TELLINGS]);
}

/* The same on every machine: splitmix64. */
static unsigned below(unsigned bound)
{
	static uint64_t state;
	uint64_t z = state += 0x9e3779b97f4a7c15ULL;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
	return (unsigned)((z ^ (z >> 31)) % bound);
}

/* Up to three names in each of up to three levels, of any kind. */
static void add_random(char *lines, char layer, const char *parent, int levels)
{
	for (const char *name = "abc"; *name != '\0'; name++) {
		char path[64];
		char kind = "ddddoffwwlp"[below(11)];

		if (below(3) == 0)
			continue;
		snprintf(path, sizeof path, "%s%s%c", parent, *parent == '\0' ? "" : "/", *name);
		add(lines, "%c%c %s\n", layer, kind, path);
		if ((kind == 'd' || kind == 'o') && levels > 1)
			add_random(lines, layer, path, levels - 1);
	}
}

static void layers_made_at_random_look_the_same_too(void)
{
	static char lines[TEXT_ROOM];

	for (int i = 0; i < RANDOM_EXAMPLES; i++) {
		const struct example example = { lines, lines };

		lines[0] = '\0';
		for (const char *layer = "ULDE"; *layer != '\0'; layer++)
			add_random(lines, *layer, "", 3);
		merge_example(&example, tellings[i % TELLINGS]);
	}
}

static int exists(const char *path)
{
	return faccessat(AT_FDCWD, path, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

static void a_whiteout_that_hides_nothing_deeper_goes(void)
{
	build("Ud a\nUw a/b\nLo a\nLf a/b\n");
	CHECK(!merge_killed_after(&nothing, MOST_CHANGES));
	CHECK(exists("L/a") && !exists("L/a/b"));
}

/* Else they would pile up: each is of something that came and went between two snapshots. */
static void a_whiteout_over_what_only_the_lower_layer_had_goes_where_the_deeper_ones_are_known(void)
{
	const char *lines = "Uw a\nUw b\nUd c\nUw c/a\nUw c/b\nLf a\nLd b\nLf b/x\nLd c\nLf c/a\nLf c/b\nDw b\nEf b\nEd c\nEf c/b\n";

	build(lines);
	CHECK(!merge_killed_after(&nothing, MOST_CHANGES));
	CHECK(exists("L/a") && exists("L/b") && exists("L/c/a") && exists("L/c/b"));
	build(lines);
	CHECK(!merge_killed_after(&deeper, MOST_CHANGES));
	CHECK(!exists("L/a") && !exists("L/b") && !exists("L/c/a") && exists("L/c/b"));
	build(lines);
	CHECK(!merge_killed_after(&lowest, MOST_CHANGES));
	CHECK(!exists("L/a") && !exists("L/b") && exists("L/c") && !exists("L/c/b"));
}

static int merge_here(struct failure *failure)
{
	int here = open(".", O_RDONLY | O_DIRECTORY);
	int upper = open("U", O_RDONLY | O_DIRECTORY), lower = open("L", O_RDONLY | O_DIRECTORY);
	int result = merge_layers(upper, lower, &(struct merge_ground){ 0 }, &(struct changes){ 0 }, failure);

	CHECK(fchdir(here) == 0);
	close(here);
	close(upper);
	close(lower);
	return result;
}

static void marks_of_other_places_are_refused_before_anything_is_changed(void)
{
	static const struct {
		const char *path, *mark, *value;
	} marks[] = {
		{ "U/x/y", "trusted.overlay.redirect", "/other" },
		{ "U/x/f", "trusted.overlay.metacopy", "" },
		{ "U/x/y", "trusted.overlay.opaque", "x" },
	};
	struct failure failure;

	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
		build("Uf a\nUd x\nUd x/y\nUf x/f\n");
		CHECK(lsetxattr(marks[i].path, marks[i].mark, marks[i].value, strlen(marks[i].value), 0) == 0);
		CHECK(merge_here(&failure) < 0 && failure.number == EOPNOTSUPP);
		CHECK(strncmp(failure.syscall, marks[i].mark, strlen(marks[i].mark)) == 0);
		CHECK_TEXT(failure.path, marks[i].path + 2);
		CHECK(exists("U/a") && !exists("L/a"));
	}
}

static void a_layer_is_not_merged_into_itself_or_another_file_system(void)
{
	struct failure failure;

	build("Uf a\n");
	CHECK(mount("U", "L", NULL, MS_BIND, NULL) == 0);
	CHECK(merge_here(&failure) < 0 && failure.number == EINVAL);
	CHECK(umount("L") == 0 && mount("tmpfs", "L", "tmpfs", 0, NULL) == 0);
	CHECK(merge_here(&failure) < 0 && failure.number == EXDEV);
	CHECK(umount("L") == 0 && exists("U/a"));
}

/* `depth` directories, and a file at the bottom. */
static void make_deep(const char *layer, int depth)
{
	int here = open(".", O_RDONLY | O_DIRECTORY);

	CHECK(chdir(layer) == 0);
	for (int i = 0; i < depth; i++)
		CHECK(mkdir("d", 0755) == 0 && chdir("d") == 0);
	CHECK(mknod(layer, S_IFREG | 0644, 0) == 0 && fchdir(here) == 0);
	close(here);
}

static void layers_of_any_depth_are_merged(void)
{
	struct failure failure;
	int here = open(".", O_RDONLY | O_DIRECTORY);

	build("Df x\n");
	make_deep("U", DEEP);
	make_deep("L", DEEP);
	CHECK(setrlimit(RLIMIT_NOFILE, &(struct rlimit){ 1024, 1024 }) == 0);
	CHECK(merge_here(&failure) == 0 && rmdir("U") == 0 && chdir("L") == 0);
	for (int i = 0; i < DEEP; i++)
		CHECK(chdir("d") == 0);
	CHECK(exists("U") && exists("L") && fchdir(here) == 0);
	close(here);
}

static void no_symlink_leads_out_of_the_layers(void)
{
	build("Ud a\nUf a/b\nUw c\nDf x\n");
	CHECK(mkdir("outside", 0755) == 0 && mkdir("outside/c", 0755) == 0);
	CHECK(symlink("../outside", "L/a") == 0 && symlink("../outside", "L/c") == 0);
	CHECK(!merge_killed_after(&lowest, MOST_CHANGES));
	CHECK(exists("L/a/b") && !exists("outside/b") && exists("outside/c"));
}

int main(void)
{
	char place[] = "/tmp/merge-test-XXXXXX";

	if (geteuid() != 0) {
		printf("ok merge_test.c: NOT RUN: only root can mount an overlay to compare with\n");
		return 0;
	}
	CHECK(mkdtemp(place) != NULL && unshare(CLONE_NEWNS) == 0);
	CHECK(mount(NULL, "/", NULL, MS_PRIVATE | MS_REC, NULL) == 0);
	CHECK(mount("tmpfs", place, "tmpfs", 0, NULL) == 0 && chdir(place) == 0);
	umask(0);
	RUN(both_layers_together_look_the_same_after_each_change);
	RUN(layers_made_at_random_look_the_same_too);
	RUN(a_whiteout_that_hides_nothing_deeper_goes);
	RUN(a_whiteout_over_what_only_the_lower_layer_had_goes_where_the_deeper_ones_are_known);
	RUN(marks_of_other_places_are_refused_before_anything_is_changed);
	RUN(a_layer_is_not_merged_into_itself_or_another_file_system);
	RUN(layers_of_any_depth_are_merged);
	RUN(no_symlink_leads_out_of_the_layers);
	CHECK(chdir("/") == 0 && umount2(place, MNT_DETACH) == 0 && rmdir(place) == 0);
	return 0;
}
