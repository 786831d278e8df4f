namespace Alumia.Lab.Sandbox;

/// <summary>A folder of the host that a program may see, under the same path.</summary>
public sealed class SandboxFolder
{
    /// <summary>The whole path on this machine.</summary>
    public string Path { get; set; } = "";

    /// <summary>It may be written too.</summary>
    public bool Write { get; set; }
}

/// <summary>What a program may see and reach beyond what every sandbox has.</summary>
public sealed class SandboxProfile
{
    public IList<SandboxFolder> Folders { get; } = [];

    /// <summary>It may use this machine's network, whole: nothing guards where it goes.</summary>
    public bool Network { get; set; }
}

/// <summary>A program that serves over its input and output for as long as it is used.</summary>
/// <param name="Id">Names the folder of its own: letters, digits and underscores.</param>
/// <param name="Command">Its name or path, as it is inside.</param>
/// <param name="Arguments">Its arguments.</param>
/// <param name="Environment">Variables beside those of every sandbox; they may be secrets.</param>
/// <param name="Profile">What it may see and reach.</param>
public sealed record SandboxProgram(
    string Id, string Command, IReadOnlyList<string> Arguments, IReadOnlyDictionary<string, string> Environment, SandboxProfile Profile);
