using System.Globalization;
using System.Security;
using System.Text;

namespace Alumia.Lab.Offline.Models;

/// <summary>Small code and a small drawing for any topic, the same each time.</summary>
internal static class Samples
{
    private static readonly string[] _colours = ["#4f7cac", "#d98e04", "#6a994e", "#b5446e"];

    /// <summary>A few lines that say the topic, in the language (Python where it is none of these), and the language's name.</summary>
    public static (string Language, string Code) Code(string language, string topic)
    {
        var text = topic.Replace("\\", "", StringComparison.Ordinal).Replace("\"", "", StringComparison.Ordinal).Replace("'", "", StringComparison.Ordinal).ReplaceLineEndings(" ");
        return language.ToLowerInvariant() switch
        {
            "c#" or "csharp" => ("csharp", $"var topic = \"{text}\";\n\nforeach (var word in topic.Split(' '))\n    Console.WriteLine($\"{{word}}: {{word.Length}} letters\");\n"),
            "javascript" => ("javascript", $"const topic = \"{text}\";\n\nfor (const word of topic.split(\" \")) {{\n  console.log(`${{word}}: ${{word.length}} letters`);\n}}\n"),
            "typescript" => ("typescript", $"const topic: string = \"{text}\";\n\nfor (const word of topic.split(\" \")) {{\n  console.log(`${{word}}: ${{word.length}} letters`);\n}}\n"),
            "sql" => ("sql", $"-- {text}\nSELECT word, LENGTH(word) AS letters\nFROM words\nORDER BY letters DESC;\n"),
            "bash" => ("bash", $"#!/usr/bin/env bash\ntopic=\"{text}\"\n\nfor word in $topic; do\n  echo \"$word: ${{#word}} letters\"\ndone\n"),
            "rust" => ("rust", $"fn main() {{\n    let topic = \"{text}\";\n    for word in topic.split(' ') {{\n        println!(\"{{}}: {{}} letters\", word, word.len());\n    }}\n}}\n"),
            "go" => ("go", $"package main\n\nimport (\n\t\"fmt\"\n\t\"strings\"\n)\n\nfunc main() {{\n\tfor _, word := range strings.Fields(\"{text}\") {{\n\t\tfmt.Println(word, len(word))\n\t}}\n}}\n"),
            "java" => ("java", $"class Words {{\n    public static void main(String[] args) {{\n        for (var word : \"{text}\".split(\" \"))\n            System.out.println(word + \": \" + word.length() + \" letters\");\n    }}\n}}\n"),
            "html" => ("html", $"<!doctype html>\n<title>{SecurityElement.Escape(text)}</title>\n<h1>{SecurityElement.Escape(text)}</h1>\n"),
            _ => ("python", $"topic = \"{text}\"\n\nfor word in topic.split():\n    print(f\"{{word}}: {{len(word)}} letters\")\n"),
        };
    }

    /// <summary>A script for any shell that counts the letters of the topic's words, slowly enough to be watched, and prints each in a colour.</summary>
    public static string Script(string topic)
    {
        var words = topic.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select(word => string.Concat(word.Where(char.IsAsciiLetter)).ToLowerInvariant())
            .Where(word => word.Length > 2 && word is not ("the" or "and" or "about" or "that" or "for" or "counts")).Distinct().Take(8).ToList();
        if (words.Count < 2)
            words = ["tea", "coffee", "water", "lemonade"];
        return $"#!/bin/sh\n# Counts the letters of each word.\nfor word in {string.Join(' ', words)}; do\n  printf '\\033[32m%s\\033[0m %d\\n' \"$word\" \"${{#word}}\"\n  sleep 0.3\ndone\n";
    }

    /// <summary>An SVG of circles over the topic's words.</summary>
    public static string Drawing(string topic, uint seed)
    {
        var svg = new StringBuilder("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 320 200\"><rect width=\"320\" height=\"200\" fill=\"#f5f1e8\"/>");
        for (var i = 0; i < 8; i++)
        {
            var bits = (seed * (uint)((i * 2) + 1)) ^ (seed >> (i + 3));
            svg.Append(CultureInfo.InvariantCulture, $"<circle cx=\"{20 + (bits % 280)}\" cy=\"{20 + (bits / 280 % 120)}\" r=\"{8 + (bits % 23)}\" fill=\"{_colours[i % _colours.Length]}\" fill-opacity=\"0.75\"/>");
        }
        return svg.Append(CultureInfo.InvariantCulture, $"<text x=\"160\" y=\"184\" text-anchor=\"middle\" font-family=\"sans-serif\" font-size=\"16\" fill=\"#333\">{SecurityElement.Escape(topic)}</text></svg>").ToString();
    }
}
