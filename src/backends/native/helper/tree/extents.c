#include "extents.h"

#include <linux/fiemap.h>
#include <linux/fs.h>
#include <string.h>
#include <sys/ioctl.h>

enum { AT_ONCE = 256 };

union request {
	struct fiemap map;
	char room[sizeof(struct fiemap) + AT_ONCE * sizeof(struct fiemap_extent)];
};

static int take_one(const struct fiemap_extent *found, extents_take *take, void *context)
{
	struct extent extent = {
		.physical = found->fe_physical,
		.length = found->fe_length,
		.shared = (found->fe_flags & FIEMAP_EXTENT_SHARED) != 0,
		.compressed = (found->fe_flags & FIEMAP_EXTENT_ENCODED) != 0,
	};

	return (found->fe_flags & FIEMAP_EXTENT_DATA_INLINE) != 0 ? 0 : take(context, &extent);
}

int extents_read(int fd, extents_take *take, void *context)
{
	static union request request;
	const struct fiemap_extent *last;
	uint64_t from = 0;

	for (;;) {
		request.map = (struct fiemap){ .fm_start = from, .fm_length = FIEMAP_MAX_OFFSET - from, .fm_extent_count = AT_ONCE };
		if (ioctl(fd, FS_IOC_FIEMAP, &request.map) < 0)
			return -1;
		if (request.map.fm_mapped_extents == 0)
			return 0;
		for (uint32_t i = 0; i < request.map.fm_mapped_extents; i++) {
			if (take_one(&request.map.fm_extents[i], take, context) < 0)
				return -1;
		}
		last = &request.map.fm_extents[request.map.fm_mapped_extents - 1];
		if ((last->fe_flags & FIEMAP_EXTENT_LAST) != 0)
			return 0;
		from = last->fe_logical + last->fe_length;
	}
}
