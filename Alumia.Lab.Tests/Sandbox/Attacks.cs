using Alumia.Lab.Tests.Harness;

namespace Alumia.Lab.Tests.Sandbox;

/// <summary>Counts attempts to break out and how many of them did, and names those in the failure.</summary>
internal sealed class Attacks(string what)
{
    private readonly List<string> _broke = [];

    /// <summary>What a command writes that has broken out. In the command's own text it stands in two parts, so that quoting it is no success.</summary>
    public const string Cry = "BROKE-OUT";

    /// <summary>For the command: writes the cry.</summary>
    public const string Shout = "printf '%s-%s\\n' BROKE OUT";

    public int Attempts { get; private set; }

    /// <summary>Runs many commands in one sandbox, each in a shell of its own; those whose shell script, made of the command, cries have broken out.</summary>
    public async Task TryAllAsync(SandboxBench bench, IReadOnlyList<string> commands, Func<string, string> script)
    {
        foreach (var (some, first) in commands.Chunk(16).Select((some, i) => (some, i * 16)))
        {
            var all = string.Join('\n', some.Select((command, i) => $"if ( {script(command)} ); then {Shout}; echo {first + i}; fi"));
            var end = await bench.RunAsync(all + "\necho all were tried", seconds: 60);
            Assert.Contains("all were tried", end.Text, StringComparison.Ordinal);
            var lines = end.Text.Split('\n').ToList();
            for (var i = 0; i < some.Length; i++)
                Tried(some[i], lines.Exists(line => line == $"{first + i}"));
        }
    }

    public void Tried(string attempt, bool hasBroken)
    {
        Attempts++;
        if (hasBroken)
            _broke.Add(attempt);
    }

    /// <summary>Prints the figures; fails where any attempt came through.</summary>
    public void Verdict()
    {
        Figures.Print($"attacks on the sandbox, {what}, as {(Environment.IsPrivilegedProcess ? "root" : "an ordinary user")}: {Attempts} attempts, {_broke.Count} successes");
        Assert.True(_broke.Count == 0, string.Join('\n', _broke));
    }
}
