/*
 * secret: what the plugin secret.so exports.
 */
#ifndef SEAL_SECRET_H
#define SEAL_SECRET_H

#include "seal/service.h"

extern const struct seal_service seal_service_plugin;

#endif
