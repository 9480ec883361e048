import CLibYAML

extension YAMLReader {
    /// The version of libyaml that is loaded: `0.2.5`.
    package static var library: String { String(cString: yaml_get_version_string()) }
}
