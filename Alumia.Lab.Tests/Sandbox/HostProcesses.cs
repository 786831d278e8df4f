using System.Globalization;
using System.Text;

namespace Alumia.Lab.Tests.Sandbox;

/// <summary>What runs on this machine, whoever's it is.</summary>
internal static class HostProcesses
{
    /// <summary>How many processes that are alive have this in their command line; those of the sandbox itself, which quote the command, too.</summary>
    public static int With(string mark) => Of(mark).Count;

    /// <summary>The numbers of those processes.</summary>
    public static IReadOnlyList<int> Of(string mark) => [.. Directory.GetDirectories("/proc").Select(Path.GetFileName)
        .Where(name => int.TryParse(name, CultureInfo.InvariantCulture, out _) && Line(name).Contains(mark, StringComparison.Ordinal))
        .Select(name => int.Parse(name!, CultureInfo.InvariantCulture))];

    /// <summary>How many processes that are alive are this program with this argument.</summary>
    public static int Running(string program, string argument) => Directory.GetDirectories("/proc").Select(Path.GetFileName)
        .Where(name => int.TryParse(name, CultureInfo.InvariantCulture, out _))
        .Count(id => Line(id!) == $"{program}\0{argument}\0");

    private static string Line(string id)
    {
        try
        {
            return File.ReadAllText($"/proc/{id}/cmdline", Encoding.Latin1);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return ""; // It ended while we looked.
        }
    }
}
