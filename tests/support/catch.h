#pragma once

// Catch2 version 2 (Debian 12) and version 3 (Ubuntu 24.04) differ in their header only.
#ifdef QUANTSCOPE_CATCH_V3
#include <catch2/catch_all.hpp>
using Catch::Approx;
#else
#include <catch2/catch.hpp>
#endif
