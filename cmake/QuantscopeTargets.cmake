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

# quantscope_room(<name> [LINK libs...]): core/<name> as the static library quantscope_<name>.
function(quantscope_room NAME)
  cmake_parse_arguments(ARG "" "" "LINK" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${NAME}/*.cpp)
  if(sources)
    add_library(quantscope_${NAME} STATIC ${sources})
    target_link_libraries(quantscope_${NAME} PUBLIC quantscope_options ${ARG_LINK})
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
  add_test(NAME ${ARG_LABEL}.${ROOM} COMMAND ${target} WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
  set_tests_properties(${ARG_LABEL}.${ROOM} PROPERTIES LABELS ${ARG_LABEL} TIMEOUT 900
    ENVIRONMENT "QT_QPA_PLATFORM=offscreen")
endfunction()
