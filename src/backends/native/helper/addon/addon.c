/*
 * build/tsmachine-addon.node: what Node has no call for and takes microseconds, done in its own process. A helper for the same costs three
 * milliseconds to start, and as much again for the modules that start it. No policy, as in the helper, and it never waits.
 *
 *   lock(descriptors)            flock(2) on all or none. -1, or the number of the one that is locked by another; or a failure
 *   like(directory, made)        as the helper's `like`. Undefined, or a failure
 *   find(layers, paths)          as the helper's `find`: a Buffer in, a Buffer out; or a failure
 *   sync(directory)              syncfs(2). Undefined, or a failure
 *   read(directory, names, file, room, lengths)   read_small_files: strings of bytes, a Buffer, an Int32Array with a place for each name.
 *                                Undefined
 *   links(directory, names, links)   count_links, likewise
 *   directories(directory)       list_directories: a string of bytes in, and one out
 *   text(path)                   a file as a string with a character a byte, which is mapped and not copied: the file must stay as it is.
 *                                Undefined if it cannot be had so
 *   tune(flags)                  flags of V8, from now on: true, or false if this Node has no such call
 *
 * A failure is [system call, name of errno, path], as in the helper's records.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "engine.h"
#include "node_abi.h"
#include "report.h"
#include "small_files.h"
#include "tree.h"
#include "values.h"

/* The working directory is the whole process's, and the buffers for attributes are static. */
static pthread_mutex_t alone = PTHREAD_MUTEX_INITIALIZER;

/* The caller's working directory: what we do changes it. */
static int begin(void)
{
	pthread_mutex_lock(&alone);
	return open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
}

static void end(int working_directory)
{
	if (working_directory >= 0) {
		(void)!fchdir(working_directory);
		close(working_directory);
	}
	pthread_mutex_unlock(&alone);
}

/* The number of the first one that was not locked, with errno: none is locked then. Or -1. */
static int lock_all(const int32_t *descriptors, int count)
{
	for (int index = 0; index < count; index++) {
		int result;
		int number;

		do {
			result = flock(descriptors[index], LOCK_EX | LOCK_NB);
		} while (result < 0 && errno == EINTR);
		if (result == 0)
			continue;
		number = errno;
		for (int locked = 0; locked < index; locked++)
			flock(descriptors[locked], LOCK_UN);
		errno = number;
		return index;
	}
	return -1;
}

static napi_value lock(napi_env env, napi_callback_info info)
{
	int32_t descriptors[MOST_LOCKS];
	struct failure failure;
	napi_value argument;
	int count, refused;

	if (!arguments_of(env, info, 1, &argument))
		return misused(env);
	count = descriptors_of(env, argument, descriptors);
	if (count < 0)
		return misused(env);
	refused = lock_all(descriptors, count);
	if (refused < 0 || errno == EWOULDBLOCK)
		return number_value(env, refused);
	fail(&failure, "flock", NULL);
	return failure_value(env, &failure);
}

static napi_value like(napi_env env, napi_callback_info info)
{
	napi_value arguments[2];
	struct failure failure;
	char *directory, *made;
	napi_value value = NULL;

	if (!arguments_of(env, info, 2, arguments))
		return misused(env);
	directory = text_of(env, arguments[0]);
	made = text_of(env, arguments[1]);
	if (directory == NULL || made == NULL) {
		value = misused(env);
	} else {
		int here = begin();

		if (make_directory_like(directory, made, &failure) < 0)
			value = failure_value(env, &failure);
		end(here);
	}
	free(directory);
	free(made);
	return value;
}

static napi_value sync_all(napi_env env, napi_callback_info info)
{
	struct failure failure;
	napi_value argument;
	napi_value value = NULL;
	char *directory;
	int fd;

	if (!arguments_of(env, info, 1, &argument))
		return misused(env);
	directory = text_of(env, argument);
	if (directory == NULL)
		return misused(env);
	fd = tree_open(AT_FDCWD, directory, &failure);
	if (fd >= 0 && syncfs(fd) < 0)
		fail(&failure, "syncfs", directory), close(fd), fd = -1;
	if (fd < 0)
		value = failure_value(env, &failure);
	else
		close(fd);
	free(directory);
	return value;
}

/* 0, or -1 with *failure. The caller frees what was said. */
static int find_in(char *const *layers, size_t count, void *paths, size_t length, char **said, size_t *said_length,
		   struct failure *failure)
{
	FILE *out = open_memstream(said, said_length);
	FILE *in = fmemopen(paths, length, "r");
	int result = in == NULL || out == NULL ? fail(failure, "fmemopen", NULL)
					       : find_in_layers(layers, count, in, out, failure);

	if (in != NULL)
		fclose(in);
	if (out != NULL && fclose(out) != 0 && result == 0)
		result = fail(failure, "write", NULL);
	return result;
}

static napi_value find(napi_env env, napi_callback_info info)
{
	napi_value arguments[2];
	struct failure failure;
	napi_value value = NULL;
	uint32_t count;
	char **layers;
	char *said = NULL;
	size_t length, said_length = 0;
	void *paths;
	int here;

	if (!arguments_of(env, info, 2, arguments) || napi_get_buffer_info(env, arguments[1], &paths, &length) != napi_ok || length == 0)
		return misused(env);
	layers = texts_of(env, arguments[0], &count);
	if (layers == NULL)
		return misused(env);
	here = begin();
	if (find_in(layers, count, paths, length, &said, &said_length, &failure) < 0)
		value = failure_value(env, &failure);
	else
		napi_create_buffer_copy(env, said_length, said, NULL, &value);
	end(here);
	free(said);
	free_all(layers, count);
	return value;
}

static napi_value read_all(napi_env env, napi_callback_info info)
{
	napi_value arguments[5];
	char *directory = NULL, *names = NULL, *file = NULL;
	size_t length, room_length, count;
	void *room;
	int32_t *lengths;
	bool done = false;

	if (arguments_of(env, info, 5, arguments) && napi_get_buffer_info(env, arguments[3], &room, &room_length) == napi_ok &&
	    (lengths = numbers_of(env, arguments[4], &count)) != NULL && count > 0) {
		directory = bytes_of(env, arguments[0], NULL);
		names = bytes_of(env, arguments[1], &length);
		file = bytes_of(env, arguments[2], NULL);
		done = directory != NULL && names != NULL && file != NULL &&
		       read_small_files(directory, names, length, count, file, room, room_length / count, lengths) == 0;
	}
	free(directory);
	free(names);
	free(file);
	return done ? NULL : misused(env);
}

static napi_value links(napi_env env, napi_callback_info info)
{
	napi_value arguments[3];
	char *directory = NULL, *names = NULL;
	size_t length, count;
	int32_t *counts;
	bool done = false;

	if (arguments_of(env, info, 3, arguments) && (counts = numbers_of(env, arguments[2], &count)) != NULL && count > 0) {
		directory = bytes_of(env, arguments[0], NULL);
		names = bytes_of(env, arguments[1], &length);
		done = directory != NULL && names != NULL && count_links(directory, names, length, count, counts) == 0;
	}
	free(directory);
	free(names);
	return done ? NULL : misused(env);
}

static napi_value directories(napi_env env, napi_callback_info info)
{
	napi_value argument, value = NULL;
	char *directory = NULL, *names = NULL;
	size_t length;
	FILE *out;

	if (arguments_of(env, info, 1, &argument))
		directory = bytes_of(env, argument, NULL);
	out = directory == NULL ? NULL : open_memstream(&names, &length);
	if (out != NULL) {
		list_directories(directory, out);
		if (fclose(out) == 0)
			napi_create_string_latin1(env, names, length, &value);
	}
	free(names);
	free(directory);
	return value == NULL ? misused(env) : value;
}

/* The name by which Node finds it; once for each thread that loads it. */
__attribute__((visibility("default"))) napi_value napi_register_module_v1(napi_env env, napi_value exports);

napi_value napi_register_module_v1(napi_env env, napi_value exports)
{
	static const struct {
		const char *name;
		napi_callback function;
	} calls[] = { { "lock", lock }, { "like", like }, { "find", find }, { "sync", sync_all },
		    { "read", read_all }, { "links", links }, { "directories", directories }, { "tune", tune },
		    { "text", text } };

	for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
		napi_value function;

		if (napi_create_function(env, calls[i].name, NAPI_AUTO_LENGTH, calls[i].function, NULL, &function) == napi_ok)
			napi_set_named_property(env, exports, calls[i].name, function);
	}
	return exports;
}
