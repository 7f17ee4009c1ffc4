#pragma once

#include "cli/flags.h"

namespace barnabas {

/// One of `barnabas topics`, `barnabas configs` ...: the table of its flags, and what it does with them.
struct Tool {
    Usage usage;
    /// Answers the exit code. Prints results to standard output and complaints to standard error.
    int (*run)(const Arguments& arguments);
    /// Apache's tools of an older make print their help to standard error and exit with 1.
    bool help_fails = true;
};

extern const Tool topics_tool;
extern const Tool configs_tool;
extern const Tool acls_tool;
extern const Tool delegation_tokens_tool;
extern const Tool console_producer_tool;
extern const Tool console_consumer_tool;
extern const Tool consumer_groups_tool;
extern const Tool get_offsets_tool;
extern const Tool delete_records_tool;
extern const Tool log_dirs_tool;
extern const Tool dump_log_tool;
extern const Tool metadata_quorum_tool;
extern const Tool features_tool;
extern const Tool vectors_tool;
extern const Tool install_links_tool;
extern const Tool certs_tool;
extern const Tool doctor_tool;

/// Prints "what" as a complaint and answers 1, the exit code.
int complain(std::string_view what);

/// To standard output, which is buffered until it is full or the program ends.
void print(std::string_view text);

}  // namespace barnabas
