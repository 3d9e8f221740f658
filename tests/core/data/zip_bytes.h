#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace quantscope::tests {

/// An entry of a ZIP made for a test; the claimed fields may lie.
struct ZipPiece {
  std::string name, content;
  bool deflate = false;
  int64_t claimedSize = -1, claimedCrc = -1;
  uint16_t method = 8, flags = 0;
};

/// A small ZIP file as text, written independently of the program's own writer.
std::string zipText(const std::vector<ZipPiece>& pieces);

/// An .npy text with this header dictionary (padded) and data.
std::string npyText(const std::string& dictionary, const std::string& data, int version = 1);

inline void writeText(const std::filesystem::path& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

}  // namespace quantscope::tests
