using System.Globalization;
using Alumia.Lab.Tests.Harness;
using Alumia.Lab.Tests.Sharing;

namespace Alumia.Lab.Tests.Measure.Growth;

/// <summary>What browsers cost a server that show a page and do nothing: its resident memory when one had drawn it, and when so many more had.</summary>
internal sealed record IdleFigure(string Name, int Browsers, double BeforeMb, double AfterMb)
{
    /// <summary>Kilobytes a browser.</summary>
    public double EachKb => (AfterMb - BeforeMb) * 1024 / Browsers;

    /// <summary>Opens so many pages at a server, each with its circuit and its line, waits until each has drawn what is to be seen on it, and reads the server's memory.</summary>
    public static async Task<IdleFigure> OfAsync(string name, ILab lab, int processId, string path, string sees, int browsers)
    {
        var before = 0.0;
        var visitors = new List<Visitor>();
        try
        {
            for (var i = 0; i <= browsers; i++)
            {
                visitors.Add(await Visitor.OpenAsync(lab, path));
                await visitors[^1].SeesAsync(sees);
                if (i == 0)
                    before = ResidentMb(processId);
            }
            return new IdleFigure(name, browsers, before, ResidentMb(processId));
        }
        finally
        {
            foreach (var visitor in visitors)
                await visitor.DisposeAsync();
        }
    }

    private static double ResidentMb(int processId) => File.ReadLines($"/proc/{processId}/status")
        .Where(line => line.StartsWith("VmRSS:", StringComparison.Ordinal))
        .Select(line => double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024).Single();
}
