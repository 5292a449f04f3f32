#include <string.h>

#include "init_process.h"
#include "number.h"
#include "transfer.h"

static const char *take_direction(const struct record *record, struct transfer *transfer)
{
	if (record->count != 1 || (strcmp(record->arguments[0], "push") != 0 && strcmp(record->arguments[0], "pull") != 0))
		return "direction wants push or pull";
	transfer->push = strcmp(record->arguments[0], "push") == 0;
	return NULL;
}

static const char *take_init(const struct record *record, struct transfer *transfer)
{
	return init_process_parse(record, &transfer->init, &transfer->init_start);
}

static const char *take_overlay(const struct record *record, struct transfer *transfer)
{
	if (record->count < 2 || record->count > 1 + TRANSFER_MAX_LAYERS)
		return "overlay wants DIR LAYER..., 500 at most";
	for (size_t i = 0; i < record->count; i++) {
		if (record->arguments[i][0] != '/')
			return "a layer's path is absolute";
	}
	transfer->overlay = record;
	return NULL;
}

static const char *take_tree(const struct record *record, struct transfer *transfer)
{
	if (record->count != 1 || record->arguments[0][0] != '/')
		return "tree wants an absolute PATH";
	transfer->tree = record->arguments[0];
	return NULL;
}

static const char *take_shift(const struct record *record, struct transfer *transfer)
{
	uint64_t base, count;

	if (record->count != 2 || !number_parse(record->arguments[0], UINT32_MAX - 1, &base) ||
	    !number_parse(record->arguments[1], UINT32_MAX - 1 - base, &count) || count == 0)
		return "shift wants BASE COUNT";
	transfer->shift = (struct id_shift){ (uint32_t)base, (uint32_t)count };
	return NULL;
}

static const char *take_sources(const struct record *record, struct transfer *transfer)
{
	if (record->count == 0)
		return "sources wants PATH...";
	for (size_t i = 0; i < record->count; i++) {
		bool alone = record->count == 1 && strcmp(record->arguments[i], "-") == 0;

		if (record->arguments[i][0] != '/' && !alone)
			return "a source is absolute, or - alone";
	}
	transfer->sources = record->arguments;
	transfer->source_count = record->count;
	return NULL;
}

static const char *take_target(const struct record *record, struct transfer *transfer)
{
	if (record->count != 1 || (record->arguments[0][0] != '/' && strcmp(record->arguments[0], "-") != 0))
		return "target wants an absolute PATH, or -";
	transfer->target = record->arguments[0];
	return NULL;
}

static const char *take_owner(const struct record *record, struct transfer *transfer)
{
	if (record->count == 1 && strcmp(record->arguments[0], "keep") == 0) {
		transfer->keep_owners = true;
		return NULL;
	}
	if (record->count != 2 || !number_parse_id(record->arguments[0], &transfer->uid) ||
	    !number_parse_id(record->arguments[1], &transfer->gid))
		return "owner wants UID GID, or keep";
	return NULL;
}

static const char *take_ids(const struct record *record, struct transfer *transfer)
{
	uint64_t count;

	if (record->count != 1 || !number_parse(record->arguments[0], UINT32_MAX, &count))
		return "ids wants COUNT";
	transfer->id_count = (uint32_t)count;
	return NULL;
}

static const char *take_choice(const struct record *record, struct transfer *transfer)
{
	for (size_t i = 0; i < record->count; i++) {
		if (strcmp(record->arguments[i], "into") == 0)
			transfer->into = true;
		else if (strcmp(record->arguments[i], "parents") == 0)
			transfer->parents = true;
		else if (strcmp(record->arguments[i], "set-id") == 0)
			transfer->set_id = true;
		else
			return "no such choice";
	}
	return NULL;
}

static const struct {
	const char *name;
	const char *(*take)(const struct record *record, struct transfer *transfer);
} forms[] = {
	{ "direction", take_direction }, { "init", take_init },     { "overlay", take_overlay },
	{ "tree", take_tree },           { "shift", take_shift },   { "sources", take_sources },
	{ "target", take_target },       { "owner", take_owner },   { "ids", take_ids },
	{ "choice", take_choice },
};

static const char *take(const struct record *record, struct transfer *transfer)
{
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
		if (strcmp(forms[i].name, record->name) == 0)
			return forms[i].take(record, transfer);
	}
	return "no such record";
}

const char *transfer_parse(const struct records *records, struct transfer *transfer)
{
	int places;

	*transfer = (struct transfer){ 0 };
	for (size_t i = 0; i < records->count; i++) {
		const char *reason = take(&records->items[i], transfer);

		if (reason != NULL)
			return reason;
	}
	if (records_find(records, "direction") == NULL || transfer->sources == NULL || transfer->target == NULL ||
	    records_find(records, "owner") == NULL)
		return "transfer wants direction, sources, target and owner";
	places = (transfer->init != 0) + (transfer->overlay != NULL) + (transfer->tree != NULL);
	if (places != 1)
		return "transfer wants one of init, overlay and tree";
	if (transfer->shift.count != 0 && transfer->tree == NULL)
		return "shift goes with tree";
	if (transfer->sources[0][0] == '-' && !transfer->push)
		return "what a machine has is no stream";
	if (transfer->target[0] == '-' && (transfer->push || transfer->source_count != 1))
		return "one file goes to a stream, out of a machine";
	return NULL;
}

bool transfer_carries(const struct transfer *transfer, const char *xattr, size_t size)
{
	/* vfs_ns_cap_data of another user namespace is longer: it means nothing on the other side. */
	enum { CAPABILITY_BYTES = 20 };

	if (strncmp(xattr, "user.", 5) == 0)
		return strncmp(xattr, "user.overlay.", 13) != 0;
	if (strcmp(xattr, "security.capability") == 0)
		return transfer->set_id && size == CAPABILITY_BYTES;
	return transfer->keep_owners &&
	       (strcmp(xattr, "system.posix_acl_access") == 0 || strcmp(xattr, "system.posix_acl_default") == 0);
}
