/* What concerns V8 itself: text that it need not copy, and its flags. Calls of the addon; what they answer stands in addon.c. */
#ifndef TSMACHINE_ADDON_ENGINE_H
#define TSMACHINE_ADDON_ENGINE_H

#include "node_abi.h"

napi_value text(napi_env env, napi_callback_info info);
napi_value tune(napi_env env, napi_callback_info info);

#endif
