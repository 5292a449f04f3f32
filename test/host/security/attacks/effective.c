/* Its set-user-id bit is set: says whom it runs as. */
#include <stdio.h>
#include <unistd.h>

int main(void)
{
	printf("real %u\neffective %u\n", getuid(), geteuid());
	return 0;
}
