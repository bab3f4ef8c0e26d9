#include <stddef.h>
#include <stdint.h>

// SwiftPM takes the name `main` from libFuzzer; this is what that one would call.
int LLVMFuzzerRunDriver(int *argc, char ***argv, int (*test)(const uint8_t *data, size_t size));
