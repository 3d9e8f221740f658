# Shared compile settings and the two ways of declaring a target: a room of the
# house (a static library of one folder) and a Catch2 test executable of a room.

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE_PROGRAM})
endif()

add_library(quantscope_options INTERFACE)
target_include_directories(quantscope_options INTERFACE ${CMAKE_SOURCE_DIR} ${CMAKE_BINARY_DIR}/generated)
# -ffp-contract=off: a fused multiply-add would change the last bit of results
# that must equal the reference kernels. Kernels that may fuse ask for it by intrinsics.
target_compile_options(quantscope_options INTERFACE -Wall -Wextra -Wpedantic -ffp-contract=off)
if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
  # The baseline every x86-64 processor has; wider code is chosen at run time.
  target_compile_options(quantscope_options INTERFACE -mfpmath=sse)
endif()
if(QUANTSCOPE_SANITIZE)
  target_compile_options(quantscope_options INTERFACE
    -fsanitize=${QUANTSCOPE_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(quantscope_options INTERFACE -fsanitize=${QUANTSCOPE_SANITIZE})
endif()

# quantscope_aligned_frames(<sources>...): address-sanitized GCC before 13.3 puts the locals of a function on a
# frame of 32-byte alignment and stores to them as if it were 64 (GCC bug 110027), wherever it looks for uses after
# return. In the files that 64-byte vectors live in, and only there, it does not look for those.
function(quantscope_aligned_frames)
  if(NOT QUANTSCOPE_SANITIZE MATCHES "address" OR NOT CMAKE_CXX_COMPILER_ID STREQUAL "GNU"
      OR NOT CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13.3)
    return()
  endif()
  foreach(source ${ARGN})
    file(STRINGS ${source} wide REGEX "__m512|_mm512|[Aa][Vv][Xx]512" LIMIT_COUNT 1)
    if(wide)
      # With a precompiled header the parameter would be that of the header.
      set_source_files_properties(${source} PROPERTIES
        COMPILE_OPTIONS --param=asan-use-after-return=0 SKIP_PRECOMPILE_HEADERS ON)
    endif()
  endforeach()
endfunction()

# The generated schema is 31,000 lines that nearly every file sees through core/model/model.h: compiled once per
# kind of target. Files still include what they use, so that they compile without it too.
set(QUANTSCOPE_PRECOMPILED <algorithm> <cstdint> <functional> <map> <memory> <optional> <span> <string> <vector>
  ${CMAKE_BINARY_DIR}/generated/core/schema/tflite_generated.h)
file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/generated/precompiled.cpp CONTENT "// Carries the precompiled header.\n")
add_library(quantscope_precompiled STATIC ${CMAKE_BINARY_DIR}/generated/precompiled.cpp)
target_link_libraries(quantscope_precompiled PRIVATE quantscope_options)
target_precompile_headers(quantscope_precompiled PRIVATE ${QUANTSCOPE_PRECOMPILED})
set(QUANTSCOPE_ROOMS_WITHOUT_SCHEMA base jobs numerics layout)

# quantscope_room(<name> [LINK libs...]): core/<name> as the static library quantscope_<name>.
function(quantscope_room NAME)
  cmake_parse_arguments(ARG "" "" "LINK" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${NAME}/*.cpp)
  if(sources)
    add_library(quantscope_${NAME} STATIC ${sources})
    quantscope_aligned_frames(${sources})
    target_link_libraries(quantscope_${NAME} PUBLIC quantscope_options ${ARG_LINK})
    if(NOT NAME IN_LIST QUANTSCOPE_ROOMS_WITHOUT_SCHEMA)
      target_precompile_headers(quantscope_${NAME} REUSE_FROM quantscope_precompiled)
    endif()
  else()
    add_library(quantscope_${NAME} INTERFACE)
    target_link_libraries(quantscope_${NAME} INTERFACE quantscope_options ${ARG_LINK})
  endif()
endfunction()

# quantscope_test(<room> LABEL core|cli|ui [LINK libs...]): the tests below the
# current folder's <room>/ as one executable, each test case known to CTest.
function(quantscope_test ROOM)
  cmake_parse_arguments(ARG "" "LABEL" "LINK" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${ROOM}/*.cpp)
  if(NOT sources)
    return()
  endif()
  set(target test_${ARG_LABEL}_${ROOM})
  add_executable(${target} ${sources})
  target_link_libraries(${target} PRIVATE quantscope_test_support ${ARG_LINK})
  # Programs with Qt are compiled with other code generation: tests/ui has a precompiled header of its own.
  if(NOT ARG_LABEL STREQUAL "ui")
    target_precompile_headers(${target} REUSE_FROM quantscope_test_precompiled)
  endif()
  add_test(NAME ${ARG_LABEL}.${ROOM} COMMAND ${target} WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
  set_tests_properties(${ARG_LABEL}.${ROOM} PROPERTIES LABELS ${ARG_LABEL} TIMEOUT 900
    ENVIRONMENT "QT_QPA_PLATFORM=offscreen")
endfunction()
