/* From and to the values of a caller. */
#include <stdlib.h>

#include "report.h"
#include "values.h"

napi_value misused(napi_env env)
{
	napi_throw_type_error(env, NULL, "the addon does not take this");
	return NULL;
}

napi_value number_value(napi_env env, int number)
{
	napi_value value = NULL;

	napi_create_int32(env, number, &value);
	return value;
}

napi_value failure_value(napi_env env, const struct failure *failure)
{
	const char *words[] = { failure->syscall, errno_name(failure->number), failure->path };
	napi_value array = NULL;

	napi_create_array(env, &array);
	for (uint32_t index = 0; index < 3; index++) {
		napi_value word = NULL;

		napi_create_string_utf8(env, words[index], NAPI_AUTO_LENGTH, &word);
		napi_set_element(env, array, index, word);
	}
	return array;
}

char *text_of(napi_env env, napi_value value)
{
	size_t length;
	char *text;

	if (napi_get_value_string_utf8(env, value, NULL, 0, &length) != napi_ok)
		return NULL;
	text = malloc(length + 1);
	if (text != NULL)
		napi_get_value_string_utf8(env, value, text, length + 1, &length);
	return text;
}

char *bytes_of(napi_env env, napi_value value, size_t *length)
{
	size_t found;
	char *bytes;

	if (napi_get_value_string_latin1(env, value, NULL, 0, &found) != napi_ok)
		return NULL;
	bytes = malloc(found + 1);
	if (bytes != NULL)
		napi_get_value_string_latin1(env, value, bytes, found + 1, &found);
	if (length != NULL)
		*length = found;
	return bytes;
}

bool arguments_of(napi_env env, napi_callback_info info, size_t wanted, napi_value *arguments)
{
	size_t count = wanted;

	return napi_get_cb_info(env, info, &count, arguments, NULL, NULL) == napi_ok && count == wanted;
}

int descriptors_of(napi_env env, napi_value array, int32_t *descriptors)
{
	uint32_t count;

	if (napi_get_array_length(env, array, &count) != napi_ok || count > MOST_LOCKS)
		return -1;
	for (uint32_t index = 0; index < count; index++) {
		napi_value value;

		if (napi_get_element(env, array, index, &value) != napi_ok ||
		    napi_get_value_int32(env, value, &descriptors[index]) != napi_ok)
			return -1;
	}
	return (int)count;
}

void free_all(char **texts, uint32_t count)
{
	for (uint32_t index = 0; texts != NULL && index < count; index++)
		free(texts[index]);
	free(texts);
}

char **texts_of(napi_env env, napi_value array, uint32_t *count)
{
	char **texts;

	if (napi_get_array_length(env, array, count) != napi_ok || *count == 0)
		return NULL;
	texts = calloc(*count, sizeof *texts);
	for (uint32_t index = 0; texts != NULL && index < *count; index++) {
		napi_value value;

		if (napi_get_element(env, array, index, &value) == napi_ok)
			texts[index] = text_of(env, value);
		if (texts[index] == NULL) {
			free_all(texts, *count);
			return NULL;
		}
	}
	return texts;
}

int32_t *numbers_of(napi_env env, napi_value array, size_t *count)
{
	void *numbers;
	int type;

	if (napi_get_typedarray_info(env, array, &type, count, &numbers, NULL, NULL) != napi_ok || type != napi_int32_array)
		return NULL;
	return numbers;
}
