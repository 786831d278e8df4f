using System.Collections;
using System.Text.RegularExpressions;
using Alumia.Lab.Storage;
using Alumia.Lab.Tests.Harness;

namespace Alumia.Lab.Tests.Architecture;

/// <summary>What can be set stands in the README or in docs/settings.md, and what stands there can be set.</summary>
public sealed partial class SettingsTests
{
    private static readonly string[] _rows = [.. new[] { "README.md", "docs/settings.md" }.SelectMany(name => File.ReadAllLines(Path.Combine(Repository.Root, name))).Where(line => line.StartsWith("| `", StringComparison.Ordinal))];

    [Fact]
    public void Every_setting_of_the_code_is_described()
    {
        var described = _rows.SelectMany(row => Quoted().Matches(row).SelectMany(quote => Words(quote.Value))).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var options = typeof(StorageOptions).Assembly.GetTypes().Where(type => type.GetConstructor([]) is not null && type.Name.EndsWith("Options", StringComparison.Ordinal) && type.Namespace?.StartsWith("Alumia.Lab", StringComparison.Ordinal) == true)
            .SelectMany(type => type.GetProperties().Where(property => property.CanWrite || (property.PropertyType != typeof(string) && property.PropertyType.IsAssignableTo(typeof(IEnumerable))))
                .Select(property => (Name: property.Name, Where: type.Name)));
        var read = Sources.Of("Alumia.Lab", "*.cs").SelectMany(file => file.Lines)
            .SelectMany(line => Read().Matches(line.Code).Select(match => (Name: match.Groups["key"].Value.Split(':')[^1], Where: line.ToString())));

        Assert.DoesNotContain(options.Concat(read), setting => !described.Contains(setting.Name));
    }

    [Fact]
    public void Every_setting_that_is_described_is_one_of_the_code()
    {
        var code = Sources.Of("Alumia.Lab", "*.cs").SelectMany(file => file.Lines).SelectMany(line => Words(line.Code)).ToHashSet(StringComparer.Ordinal);

        Assert.DoesNotContain(_rows.SelectMany(row => Quoted().Matches(row.Split('|')[1]).SelectMany(quote => Words(Placeholder().Replace(quote.Value, "")))), word => !code.Contains(word));
    }

    private static IEnumerable<string> Words(string text) => Word().Matches(text).Select(word => word.Value);

    [GeneratedRegex("`[^`]+`")]
    private static partial Regex Quoted();

    [GeneratedRegex(@"\w+")]
    private static partial Regex Word();

    [GeneratedRegex("<[^>]+>")]
    private static partial Regex Placeholder();

    /// <summary>A key with a name of its own; a section's names are its options'.</summary>
    [GeneratedRegex(@"onfiguration(\[|\.GetValue<[^>]+>\()\$?""(?<key>[\w:{}.]+\w)""")]
    private static partial Regex Read();
}
