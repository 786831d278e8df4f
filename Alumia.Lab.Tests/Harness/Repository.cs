namespace Alumia.Lab.Tests.Harness;

/// <summary>The working copy that the tests were built from.</summary>
public static class Repository
{
    public static string Root { get; } = FindRoot();

    /// <summary>Where what a failed test leaves to look at is put; git ignores it.</summary>
    public static string TestResults => Directory.CreateDirectory(Path.Combine(Root, "TestResults")).FullName;

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Alumia.sln")))
                return folder.FullName;
        }
        throw new InvalidOperationException($"No Alumia.sln above {AppContext.BaseDirectory}");
    }
}
