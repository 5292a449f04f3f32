/* What callers hand over, and what they get: from and to the values of Node-API. */
#ifndef TSMACHINE_ADDON_VALUES_H
#define TSMACHINE_ADDON_VALUES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "node_abi.h"

struct failure;

enum { MOST_LOCKS = 1024 };

/* Throws: the caller is wrong. */
napi_value misused(napi_env env);
napi_value number_value(napi_env env, int number);
napi_value failure_value(napi_env env, const struct failure *failure);

bool arguments_of(napi_env env, napi_callback_info info, size_t wanted, napi_value *arguments);
/* The caller frees it. NULL if it is none, or there is no memory. */
char *text_of(napi_env env, napi_value value);
/* Of a string with a character a byte, as paths of any bytes come; its length too, if that is asked for. As text_of otherwise. */
char *bytes_of(napi_env env, napi_value value, size_t *length);
/* NULL if they are none, or there is no memory. */
char **texts_of(napi_env env, napi_value array, uint32_t *count);
void free_all(char **texts, uint32_t count);
/* How many of at most MOST_LOCKS descriptors there are, or -1. */
int descriptors_of(napi_env env, napi_value array, int32_t *descriptors);
/* What it has of numbers, or NULL. */
int32_t *numbers_of(napi_env env, napi_value array, size_t *count);

#endif
