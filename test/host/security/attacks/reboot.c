/* reboot(2): in a machine it must end the machine, and nothing more. Usage: reboot halt|restart */
#include <string.h>
#include <sys/reboot.h>

int main(int argc, char **argv)
{
	int halt = argc > 1 && strcmp(argv[1], "halt") == 0;

	return reboot(halt ? RB_POWER_OFF : RB_AUTOBOOT) == 0 ? 0 : 1;
}
