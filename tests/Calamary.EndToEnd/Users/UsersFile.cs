namespace Calamary.EndToEnd.Users;

/// <summary>An htpasswd file, as its own program makes it.</summary>
public sealed class UsersFile
{
    private readonly string cost;

    /// <param name="cost">bcrypt's; 4 is the least.</param>
    public UsersFile(int cost = 4) => this.cost = $"{cost}";

    public string FilePath { get; } = Path.Combine(LabFiles.NewDirectory("users"), "users");

    /// <summary>Adds a user, or changes the password.</summary>
    public Task SetAsync(string user, string password) =>
        RunAsync(File.Exists(FilePath) ? ["-bB", "-C", cost, FilePath, user, password] : ["-cbB", "-C", cost, FilePath, user, password]);

    public Task RemoveAsync(string user) => RunAsync(["-D", FilePath, user]);

    private async Task RunAsync(string[] arguments)
    {
        await using var htpasswd = LabProcess.Start(["htpasswd", .. arguments]);
        if (await htpasswd.WaitForExitAsync() != 0) throw new InvalidOperationException(string.Join('\n', htpasswd.Error.Snapshot()));
        File.SetUnixFileMode(FilePath, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }
}
