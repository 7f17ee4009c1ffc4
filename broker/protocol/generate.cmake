# Included by barnabas_library(protocol ... GENERATED): adds the generated sources, and the library protocol_json.
file(GLOB schemas CONFIGURE_DEPENDS ${folder}/schema/*.yaml)
set(generated ${CMAKE_BINARY_DIR}/generated)
set(generated_includes ${generated})
set(outputs "")
set(json_sources ${folder}/vectors.cc ${generated}/protocol/message_table.cc)
foreach(schema ${schemas})
  get_filename_component(stem ${schema} NAME_WE)
  list(APPEND sources ${generated}/protocol/${stem}.cc)
  list(APPEND json_sources ${generated}/protocol/${stem}_json.cc)
  foreach(suffix .h .cc _json.h _json.cc)
    list(APPEND outputs ${generated}/protocol/${stem}${suffix})
  endforeach()
endforeach()
list(REMOVE_ITEM sources ${folder}/vectors.cc)

# Debian's own interpreter first: that is where python3-yaml is.
find_program(SCHEMA_PYTHON NAMES python3 PATHS /usr/bin NO_DEFAULT_PATH)
set(stamp ${generated}/protocol.stamp)
add_custom_command(
  OUTPUT ${stamp}
  BYPRODUCTS ${outputs} ${generated}/protocol/message_table.cc
  COMMAND ${SCHEMA_PYTHON} ${folder}/generate.py ${generated} ${schemas}
  COMMAND ${CMAKE_COMMAND} -E touch ${stamp}
  DEPENDS ${folder}/generate.py ${schemas}
  COMMENT "Generating messages"
)
add_custom_target(protocol_generated DEPENDS ${stamp})
foreach(file ${sources} ${json_sources})
  if(file MATCHES "^${generated}")
    set_source_files_properties(${file} PROPERTIES GENERATED TRUE)
  endif()
endforeach()

add_library(protocol_json STATIC ${json_sources})
add_dependencies(protocol_json protocol_generated)
target_link_libraries(protocol_json PUBLIC protocol Boost::json)
# For tools alone (dump-log, vectors), and half of the build's time when optimised.
target_compile_options(protocol_json PRIVATE -O0)
