#include "engine.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "values.h"

/* The whole of a file in memory, for as long as the process lives; or NULL. */
static char *mapped(const char *path, size_t *length)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char *bytes = MAP_FAILED;
	struct stat status;

	if (fd < 0)
		return NULL;
	if (fstat(fd, &status) == 0 && status.st_size > 0) {
		*length = (size_t)status.st_size;
		bytes = mmap(NULL, *length, PROT_READ, MAP_PRIVATE, fd, 0);
	}
	close(fd);
	return bytes == MAP_FAILED ? NULL : bytes;
}

napi_value text(napi_env env, napi_callback_info info)
{
	napi_value argument, value = NULL;
	char *path = NULL, *bytes = NULL;
	bool copied = true;
	size_t length = 0;

	if (arguments_of(env, info, 1, &argument))
		path = text_of(env, argument);
	if (path == NULL)
		return misused(env);
	if (node_api_create_external_string_latin1 != NULL)
		bytes = mapped(path, &length);
	free(path);
	if (bytes == NULL)
		return NULL;
	if (node_api_create_external_string_latin1(env, bytes, length, NULL, NULL, &value, &copied) != napi_ok)
		value = NULL;
	if (value == NULL || copied)
		munmap(bytes, length);
	return value;
}

/*
 * v8::V8::SetFlagsFromString(const char *), which Node exports for addons in C++. node:v8 does the same, and loads Node's streams for what else
 * it can do, which takes 2 ms.
 */
extern void set_v8_flags(const char *flags) __asm__("_ZN2v82V818SetFlagsFromStringEPKc") __attribute__((weak));

napi_value tune(napi_env env, napi_callback_info info)
{
	napi_value argument, value = NULL;
	char *flags = NULL;

	if (arguments_of(env, info, 1, &argument))
		flags = text_of(env, argument);
	if (flags == NULL)
		return misused(env);
	if (set_v8_flags != NULL)
		set_v8_flags(flags);
	free(flags);
	napi_get_boolean(env, set_v8_flags != NULL, &value);
	return value;
}
