#include "node/storage_info.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "cli/tool.h"
#include "io/whole_file.h"
#include "log/meta_properties.h"
#include "node/settings_file.h"

namespace barnabas {

namespace {

class Inspection {
public:
    explicit Inspection(FileSystem& files) : files_(files) {}

    void look_at(const std::string& directory) {
        const auto status = files_.status(directory);
        if (!status || !*status) {
            problems_.push_back(status ? directory + " does not exist" : status.error().text());
            return;
        }
        if (!(*status)->directory) {
            problems_.push_back(directory + " is not a directory");
            return;
        }
        found_.push_back(directory);
        const std::string path = fmt::format("{}/{}", directory, meta_properties_file_name);
        const auto text = read_whole_file(files_, path);
        if (!text || !*text) {
            problems_.push_back(text ? directory + " is not formatted." : text.error().text());
            return;
        }
        if (const auto properties = parse_meta_properties(as_text(**text))) {
            compare(*properties);
        } else {
            problems_.push_back(fmt::format("Error loading {}: {}", path, properties.error()));
        }
    }

    [[nodiscard]] StorageInfo result() const {
        std::string text = list("Found log director", found_.size() == 1 ? "y" : "ies", found_);
        if (first_) {
            const std::string id =
                first_->directory_id.is_zero() ? "" : fmt::format("directory.id={}, ", first_->directory_id.text());
            text += fmt::format(
                "Found metadata: {{cluster.id={}, {}node.id={}, version=1}}\n\n", first_->cluster_id, id,
                first_->node_id.value
            );
        }
        text += list("Found problem", problems_.size() == 1 ? "" : "s", problems_);
        return {std::move(text), problems_.empty()};
    }

private:
    void compare(const MetaProperties& properties) {
        if (!first_) {
            first_ = properties;
        } else if (properties.cluster_id != first_->cluster_id) {
            problems_.emplace_back("Mismatched cluster IDs between storage directories.");
        } else if (properties.node_id != first_->node_id) {
            problems_.emplace_back("Mismatched node IDs between storage directories.");
        }
    }

    [[nodiscard]] static std::string list(
        std::string_view title, std::string_view ending, const std::vector<std::string>& lines
    ) {
        return lines.empty() ? "" : fmt::format("{}{}:\n  {}\n\n", title, ending, fmt::join(lines, "\n  "));
    }

    FileSystem& files_;
    std::vector<std::string> found_;
    std::vector<std::string> problems_;
    std::optional<MetaProperties> first_;
};

}  // namespace

StorageInfo storage_info(FileSystem& files, std::vector<std::string> directories) {
    std::ranges::sort(directories);
    const auto again = std::ranges::unique(directories);
    directories.erase(again.begin(), again.end());
    Inspection inspection(files);
    for (const std::string& directory : directories) {
        inspection.look_at(directory);
    }
    return inspection.result();
}

int run_storage_info(const Arguments& arguments) {
    const auto settings = settings_in_file(*arguments.value("config"));
    if (!settings) {
        return complain(settings.error());
    }
    std::vector<std::string> directories = settings->config.data_dirs();
    directories.push_back(settings->config.metadata_dir());
    const StorageInfo info = storage_info(posix_file_system(), std::move(directories));
    print(info.text);
    return info.sound ? 0 : 1;
}

}  // namespace barnabas
