#pragma once

// Catch2 version 2 (Debian 12) and version 3 (Ubuntu 24.04) differ in their header only.
#ifdef QUANTSCOPE_CATCH_V3
#include <catch2/catch_all.hpp>
using Catch::Approx;
using Catch::Matchers::ContainsSubstring;
#else
#include <catch2/catch.hpp>
inline auto ContainsSubstring(const std::string& text) { return Catch::Matchers::Contains(text); }
#endif
