#include "core/runtime/memory_planner.h"

#include <limits>
#include <random>

#include "tests/support/catch.h"

namespace quantscope::tests {

using runtime::MemoryBlock;
using runtime::planMemory;

TEST_CASE("blocks that live at the same time never share memory", "[runtime]") {
  std::mt19937 random(7);
  for (int round = 0; round < 50; ++round) {
    std::vector<MemoryBlock> blocks(60);
    int64_t sum = 0;
    for (MemoryBlock& block : blocks) {
      block.bytes = random() % 5000;
      block.first = static_cast<int>(random() % 40);
      block.last = block.first + static_cast<int>(random() % 6);
      sum += block.bytes + 64;
    }
    const auto total = planMemory(blocks);
    REQUIRE(total);
    CHECK(*total < sum);
    for (size_t i = 0; i < blocks.size(); ++i) {
      CHECK(blocks[i].offset % 64 == 0);
      CHECK(blocks[i].offset + blocks[i].bytes <= *total);
      for (size_t k = i + 1; k < blocks.size(); ++k) {
        const bool together = blocks[i].first <= blocks[k].last && blocks[k].first <= blocks[i].last;
        const bool apart = blocks[i].offset + blocks[i].bytes <= blocks[k].offset ||
                           blocks[k].offset + blocks[k].bytes <= blocks[i].offset;
        CHECK((!together || apart));
      }
    }
  }
}

TEST_CASE("a chain needs no more than its two largest neighbours", "[runtime]") {
  std::vector<MemoryBlock> blocks{{640, 0, 1, 0}, {1280, 1, 2, 0}, {640, 2, 3, 0}, {64, 3, 4, 0}};
  CHECK(planMemory(blocks) == 1920);
}

TEST_CASE("sizes beyond what can be counted are refused", "[runtime]") {
  const int64_t most = std::numeric_limits<int64_t>::max();
  std::vector<MemoryBlock> one{{most, 0, 1, 0}};
  CHECK_FALSE(planMemory(one));
  std::vector<MemoryBlock> two{{most / 2 + 1000, 0, 1, 0}, {most / 2 + 1000, 0, 1, 0}};
  CHECK_FALSE(planMemory(two));
}

}  // namespace quantscope::tests
