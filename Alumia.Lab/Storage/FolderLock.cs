using Microsoft.Extensions.Options;

namespace Alumia.Lab.Storage;

/// <summary>
/// One process a data folder, where SQLite's database lies in it: two would each hold sessions as their own. The system lets go of the
/// lock when the process ends, however it ends.
/// </summary>
public sealed class FolderLock(IOptions<StorageOptions> options) : IDisposable
{
    private FileStream? _file;

    /// <summary>Takes the folder for this process.</summary>
    /// <exception cref="StartupFault">Another lab has it.</exception>
    public void Take()
    {
        if (_file is not null)
            return;
        var path = Path.Combine(options.Value.FullDirectory, "lab.lock");
        try
        {
            _file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (UnauthorizedAccessException)
        {
            throw new StartupFault($"The data folder {options.Value.FullDirectory} cannot be written. Give it to the user that runs the lab, or set Storage:Directory to another folder.");
        }
        catch (IOException)
        {
            throw new StartupFault($"Another lab runs on the data folder {options.Value.FullDirectory}. Stop it, or set Storage:Directory to another folder.");
        }
    }

    public void Dispose() => _file?.Dispose();
}
