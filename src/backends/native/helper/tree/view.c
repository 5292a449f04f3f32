/* `view`: runs a command in a stack of layers, seen as one tree that nobody can write to, and which only it can see. */
#include "view.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "mounts.h"
#include "overlay.h"
#include "tree.h"

enum { RECORDS_FD = 3, TREE_ATTRIBUTES = MOUNTS_READ_ONLY | MOUNTS_NO_SUID | MOUNTS_NO_DEVICES };

const char *view_parse(const struct records *records, struct view *view)
{
	const struct record *at = records_find(records, "at");
	const struct record *exec = records_find(records, "exec");

	*view = (struct view){ .overlay = records_find(records, "overlay") };
	if (records->count != 3 || view->overlay == NULL || at == NULL || exec == NULL)
		return "view wants one each of overlay, at and exec";
	if (view->overlay->count == 0 || view->overlay->count > VIEW_MAX_LAYERS)
		return "an overlay has 1 to 500 layers";
	for (size_t i = 0; i < view->overlay->count; i++) {
		if (view->overlay->arguments[i][0] != '/')
			return "a layer's path is absolute";
	}
	if (at->count != 1 || at->arguments[0][0] != '/')
		return "at wants an absolute PATH";
	if (exec->count == 0)
		return "exec wants ARGV";
	view->at = at->arguments[0];
	view->argv = exec->arguments;
	return NULL;
}

static int mount_layers(const struct record *overlay, struct failure *failure)
{
	char name[24];

	for (size_t i = 0; i < overlay->count; i++) {
		snprintf(name, sizeof name, "%zu", i);
		if (staging_attach_layer(overlay->arguments[i], name, -1, failure) < 0)
			return -1;
	}
	return mounts_new_overlay((unsigned)overlay->count, false, TREE_ATTRIBUTES, failure);
}

static int mount_tree(const char *path, struct failure *failure)
{
	int mount = mounts_clone(AT_FDCWD, path, false, failure);

	if (mount >= 0 && mounts_set(mount, TREE_ATTRIBUTES, -1, false, path, failure) < 0) {
		close(mount);
		return -1;
	}
	return mount;
}

/* The working directory becomes the root of the view. */
static int enter_view(const struct view *view, struct failure *failure)
{
	static const char name[] = "view";
	const struct record *overlay = view->overlay;
	struct staging staging;
	int mount;

	if (staging_enter(&staging, view->at, failure) < 0)
		return -1;
	mount = overlay->count == 1 ? mount_tree(overlay->arguments[0], failure) : mount_layers(overlay, failure);
	if (mount < 0 || staging_attach(mount, name, failure) < 0)
		return -1;
	/* What lies beside the view are the layers themselves. */
	if (mounts_set(staging.directory, TREE_ATTRIBUTES, -1, true, view->at, failure) < 0)
		return -1;
	return chdir(name) < 0 ? fail(failure, "chdir", name) : 0;
}

int view_main(int argc, char **argv)
{
	static struct records records;
	struct failure failure;
	struct view view;
	size_t index;
	const char *reason = records_read(RECORDS_FD, &records, &index);

	(void)argc, (void)argv;
	if (reason == NULL)
		reason = view_parse(&records, &view);
	if (reason != NULL) {
		fail_with(&failure, EINVAL, "records", reason);
	} else if (enter_view(&view, &failure) == 0) {
		execvp(view.argv[0], view.argv);
		fail(&failure, "execve", view.argv[0]);
	}
	report_failure(STDERR_FILENO, &failure, reason == NULL ? view.at : "");
	return TREE_SETUP_FAILED;
}
