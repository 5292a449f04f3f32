/*
 * What the addon needs of Node-API (https://nodejs.org/docs/latest-v20.x/api/n-api.html), whose binary interface stays the same in all
 * versions of Node. Declared here, since a Node that is installed need not have its headers.
 */
#ifndef TSMACHINE_NODE_ABI_H
#define TSMACHINE_NODE_ABI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct napi_env__ *napi_env;
typedef struct napi_value__ *napi_value;
typedef struct napi_callback_info__ *napi_callback_info;
typedef napi_value (*napi_callback)(napi_env env, napi_callback_info info);
typedef int napi_status;
typedef void (*napi_finalize)(napi_env env, void *data, void *hint);

enum { napi_ok = 0 };
enum { napi_int32_array = 5 }; /* of napi_typedarray_type */
#define NAPI_AUTO_LENGTH SIZE_MAX

napi_status napi_get_cb_info(napi_env env, napi_callback_info info, size_t *count, napi_value *arguments, napi_value *receiver,
			     void **data);
napi_status napi_create_function(napi_env env, const char *name, size_t length, napi_callback function, void *data, napi_value *value);
napi_status napi_set_named_property(napi_env env, napi_value object, const char *name, napi_value value);
napi_status napi_create_array(napi_env env, napi_value *value);
napi_status napi_get_array_length(napi_env env, napi_value array, uint32_t *length);
napi_status napi_get_element(napi_env env, napi_value array, uint32_t index, napi_value *value);
napi_status napi_set_element(napi_env env, napi_value array, uint32_t index, napi_value value);
napi_status napi_create_string_utf8(napi_env env, const char *text, size_t length, napi_value *value);
napi_status napi_create_string_latin1(napi_env env, const char *bytes, size_t length, napi_value *value);
/* Node 20.4 has it, as an experiment; it is a part of Node-API from its version 10 on. */
napi_status node_api_create_external_string_latin1(napi_env env, char *bytes, size_t length, napi_finalize finalize, void *hint,
						   napi_value *value, bool *copied) __attribute__((weak));
napi_status napi_get_value_string_utf8(napi_env env, napi_value value, char *text, size_t room, size_t *length);
napi_status napi_get_value_string_latin1(napi_env env, napi_value value, char *text, size_t room, size_t *length);
napi_status napi_get_boolean(napi_env env, bool boolean, napi_value *value);
napi_status napi_create_int32(napi_env env, int32_t number, napi_value *value);
napi_status napi_get_value_int32(napi_env env, napi_value value, int32_t *number);
napi_status napi_get_buffer_info(napi_env env, napi_value value, void **bytes, size_t *length);
napi_status napi_get_typedarray_info(napi_env env, napi_value value, int *type, size_t *length, void **data, napi_value *array_buffer,
				     size_t *offset);
napi_status napi_create_buffer_copy(napi_env env, size_t length, const void *bytes, void **copy, napi_value *value);
napi_status napi_throw_type_error(napi_env env, const char *code, const char *message);

#endif
