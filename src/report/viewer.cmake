# The committed bundle of reports/viewer goes into the program as it is; the page's content security
# policy names its hash, which is taken here so that the two cannot disagree.

# base64(HEX RESULT): what as many hexadecimal digits say, in base 64.
function(base64 hex result)
  set(alphabet ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/)
  set(text "")
  string(LENGTH ${hex} digits)
  set(at 0)
  while(at LESS digits)
    string(SUBSTRING ${hex}0000 ${at} 6 three_bytes)
    math(EXPR bits "0x${three_bytes}")
    foreach(shift 18 12 6 0)
      math(EXPR index "(${bits} >> ${shift}) & 63")
      string(SUBSTRING ${alphabet} ${index} 1 letter)
      string(APPEND text ${letter})
    endforeach()
    math(EXPR at "${at} + 6")
  endwhile()
  math(EXPR bytes "${digits} / 2")
  math(EXPR letters "(${bytes} * 4 + 2) / 3")  # what stands for bytes that are there; the rest pads
  string(SUBSTRING ${text} 0 ${letters} text)
  string(LENGTH ${text} length)
  math(EXPR missing "(4 - ${length} % 4) % 4")
  string(REPEAT "=" ${missing} padding)
  set(${result} ${text}${padding} PARENT_SCOPE)
endfunction()

set(viewer_file ${PROJECT_SOURCE_DIR}/reports/viewer/dist/viewer.js)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${viewer_file})
file(SHA256 ${viewer_file} viewer_digest)
base64(${viewer_digest} viewer_sha256)
configure_file(viewer_bundle.h.in ${CMAKE_CURRENT_BINARY_DIR}/generated/report/viewer_bundle.h)
set_source_files_properties(viewer.cpp PROPERTIES OBJECT_DEPENDS ${viewer_file})
