// swift-format-ignore-file
// Made by 'moira generate'.

/// The pages that 'moira explain' prints, by code.
let errorPages: [EmbeddedFile] = [
]
