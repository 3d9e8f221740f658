#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "core/model/model.h"

namespace quantscope::tests {

struct PackedFile {
  std::string name, content;
  bool deflated = false;
};

/// A ZIP archive whose offsets count from `origin` bytes before its beginning.
std::vector<std::byte> zipOf(const std::vector<PackedFile>& files, uint64_t origin);

/// A model card as the task library writes it: an RGB input with mean and standard deviation, an output
/// with the label file "labels.txt" (and "labels_de.txt" for the locale "de"), an author.
std::vector<std::byte> modelCard();

/// The file of `model` with the card in its metadata and the files packed behind it, offsets counted from
/// the file's beginning, as the task library does.
std::vector<std::byte> withCardAndFiles(Model model, const std::vector<PackedFile>& files);

}  // namespace quantscope::tests
