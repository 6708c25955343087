/* Upper and lower case of single characters, by Unicode's simple mappings for Latin, Greek,
 * Cyrillic and Armenian letters. The locale of the process has no say. */
#ifndef SQLI_SERVER_STORE_RUNTIME_CASE_H
#define SQLI_SERVER_STORE_RUNTIME_CASE_H

#include <stdint.h>

uint32_t sqli__point_upper(uint32_t point);
uint32_t sqli__point_lower(uint32_t point);

#endif
