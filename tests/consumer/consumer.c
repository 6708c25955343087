/* A program of somebody else's: all it knows of libsqli is the installed header. */
#include <sqli.h>

#include <stdio.h>
#include <string.h>

int main(void)
{
    printf("libsqli %s, %s\n", sqli_version(), sqli_error_name(-206));
    return strcmp(sqli_version(), SQLI_VERSION) == 0 && sqli_error_name(-206)[0] ? 0 : 1;
}
