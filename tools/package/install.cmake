# What `cmake --install` lays down for programs that use the library.
include(CMakePackageConfigHelpers)

set(EARMARK_CMAKE_DIR ${CMAKE_INSTALL_LIBDIR}/cmake/earmark)
install(TARGETS earmark EXPORT earmarkTargets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/earmark DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(EXPORT earmarkTargets NAMESPACE earmark:: DESTINATION ${EARMARK_CMAKE_DIR})
if(EARMARK_BUILD_C)
    install(EXPORT earmarkCTargets NAMESPACE earmark:: DESTINATION ${EARMARK_CMAKE_DIR})
endif()
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})

configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/earmarkConfig.cmake.in
    ${PROJECT_BINARY_DIR}/earmarkConfig.cmake INSTALL_DESTINATION ${EARMARK_CMAKE_DIR})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/earmarkConfigVersion.cmake COMPATIBILITY SameMajorVersion)
install(FILES ${PROJECT_BINARY_DIR}/earmarkConfig.cmake ${PROJECT_BINARY_DIR}/earmarkConfigVersion.cmake
    DESTINATION ${EARMARK_CMAKE_DIR})

# Relative to the .pc file itself, so that a moved prefix still works.
file(RELATIVE_PATH EARMARK_PC_TO_PREFIX /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
set(EARMARK_PC_FILES earmark)
if(EARMARK_BUILD_C)
    list(APPEND EARMARK_PC_FILES earmark-c)
endif()
foreach(name ${EARMARK_PC_FILES})
    configure_file(${CMAKE_CURRENT_LIST_DIR}/${name}.pc.in ${PROJECT_BINARY_DIR}/${name}.pc @ONLY)
    install(FILES ${PROJECT_BINARY_DIR}/${name}.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
endforeach()
